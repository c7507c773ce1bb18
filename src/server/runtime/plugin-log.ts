import { MailError } from '../errors/mail-error';
import type { Log } from '../ports/runtime';

interface HostLogger {
  info(message: string, meta?: object): void;
  warn(message: string, meta?: object): void;
  error(message: string, meta?: object): void;
}

/**
 * The host's logger behind our narrow port. Of an error only class, code and stack frames are written: messages of
 * libraries quote server lines, and those quote addresses and tokens.
 */
export function pluginLog(host: HostLogger): Log {
  return {
    info: (event, fields) => host.info(event, { ...fields }),
    warn: (event, fields) => host.warn(event, { ...fields }),
    error: (event, error, fields) => host.error(event, { ...fields, ...describeError(error) }),
  };
}

/** What may be logged of an error: never its message. */
export function describeError(error: unknown): Record<string, string> {
  const chain: string[] = [];
  let stack = '';
  for (let at: unknown = error; at instanceof Error && chain.length < 4; at = at.cause) {
    chain.push(nameOf(at));
    // The innermost one tells where it happened; those around it only who passed it on.
    stack = frames(at);
  }
  return { error: chain.join(' < ') || typeof error, ...(stack ? { stack } : {}) };
}

function nameOf(error: Error): string {
  if (error instanceof MailError) return error.code;
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && /^[\w-]{1,40}$/.test(code) ? `${error.name}:${code}` : error.name;
}

function frames(error: Error): string {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 6)
    .map((line) => line.trim())
    .join(' | ');
}
