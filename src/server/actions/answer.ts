import type { Readable } from 'node:stream';
import type { Context, Next } from '@nocobase/actions';
import { PKG } from '../../shared/constants';
import type { ErrorKind } from '../../shared/error-codes';
import { asMailError, MailError } from '../errors/mail-error';
import type { UserId } from '../mail/ids';
import type { Log } from '../ports/runtime';
import { inMailScope } from '../runtime/mail-scope';
import { privateValues } from '../runtime/private-requests';

/** What a resource action sees of a request. */
export interface MailRequest {
  readonly user: UserId;
  /** Query parameters; untrusted. */
  readonly params: Readonly<Record<string, unknown>>;
  /** JSON body; untrusted, and kept out of the host's request log. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly ctx: Context;
}

export type MailAction = (request: MailRequest) => Promise<unknown>;

/** HTTP status of each kind of error, in one table. */
const STATUS: Readonly<Record<ErrorKind, number>> = {
  'auth-required': 409,
  configuration: 422,
  permission: 422,
  transient: 503,
  gone: 410,
  limit: 413,
  invalid: 400,
  'not-found': 404,
  conflict: 409,
  unexpected: 500,
};

/** Wraps an action of a signed-in user: runs it in the mail scope and turns errors into words. */
export function signedIn(action: MailAction, log: Log) {
  return async (ctx: Context, next: Next): Promise<void> => {
    await inMailScope(async () => {
      try {
        ctx.body = await action(readRequest(ctx));
      } catch (error) {
        refuse(ctx, asMailError(error), log);
      }
    });
    await next();
  };
}

function readRequest(ctx: Context): MailRequest {
  const user = (ctx.state.currentUser as { id?: unknown } | undefined)?.id;
  if (user === undefined || user === null) ctx.throw(401);
  const params = ctx.action.params as Record<string, unknown>;
  return { user: Number(user) as UserId, params, values: privateValues(ctx), ctx };
}

/** Answers an error in NocoBase's shape, with the code for programs and the translated remedy for people. */
export function refuse(ctx: Context, error: MailError, log: Log): void {
  if (error.kind === 'unexpected')
    log.error('action-failed', error, { action: `${ctx.action.resourceName}:${ctx.action.actionName}` });
  ctx.withoutDataWrapping = true;
  ctx.status = STATUS[error.kind];
  ctx.body = { errors: [{ code: error.code, message: translated(ctx, error), params: error.params }] };
}

export function translated(ctx: Context, error: MailError): string {
  return (ctx.t as (key: string, options: object) => string)(error.code, {
    ns: PKG,
    interpolation: { escapeValue: false },
    ...error.params,
  });
}

/** Sends a file that a browser must save, never show as a page of ours (RFC 6266, RFC 5987). */
export function sendFile(ctx: Context, file: { filename: string; contentType: string; content: Readable }): Readable {
  ctx.withoutDataWrapping = true;
  ctx.set(
    'Content-Type',
    /^[\w.+-]+\/[\w.+-]+$/.test(file.contentType) ? file.contentType : 'application/octet-stream',
  );
  ctx.set('Content-Disposition', contentDisposition(file.filename));
  ctx.set('X-Content-Type-Options', 'nosniff');
  ctx.set('Content-Security-Policy', "default-src 'none'; sandbox");
  ctx.set('Cache-Control', 'private, no-store');
  return file.content;
}

export function contentDisposition(filename: string): string {
  const ascii = filename.replace(/[^\u0020-\u007e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(filename).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** Largest value of the columns for numbers (INTEGER of PostgreSQL and MySQL). */
const LARGEST_INTEGER = 2 ** 31 - 1;

/** A revision from the request. @throws MailError `EMAIL_INVALID_INPUT` */
export function revisionOf(value: unknown): number {
  const revision = idOf(value, 'revision');
  if (revision > LARGEST_INTEGER) throw new MailError('EMAIL_INVALID_INPUT', { params: { field: 'revision' } });
  return revision;
}

/** A row id from the request. @throws MailError `EMAIL_INVALID_INPUT` */
export function idOf(value: unknown, field: string): number {
  const id = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1)
    throw new MailError('EMAIL_INVALID_INPUT', { params: { field } });
  return id;
}
