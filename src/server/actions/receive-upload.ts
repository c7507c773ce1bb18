import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Context } from '@nocobase/actions';
import busboy from 'busboy';
import { MAX_ATTACHMENTS_BYTES } from '../../shared/limits';
import { MailError } from '../errors/mail-error';
import { safeFilename } from '../messages/safe-filename';
import type { DraftRow, UploadRow } from '../ports/records';
import type { Services } from '../services';

const MOST_UPLOADS = 100;

/**
 * Receives one file of a multipart/form-data request (RFC 7578, field `file`) straight into a private file; base64 in
 * JSON would hit the host's body limit. All files of a draft together stay below the limit of a mail.
 */
export async function receiveUpload(ctx: Context, draft: DraftRow, { drafts, files }: Services): Promise<UploadRow> {
  if (draft.state !== 'editing') throw new MailError('EMAIL_DRAFT_SENT');
  const uploads = await drafts.uploads(draft.id);
  const usedBytes = uploads.reduce((sum, upload) => sum + upload.sizeBytes, 0);
  if (uploads.length >= MOST_UPLOADS) throw tooLarge();
  const received = await readFile(ctx.req, (content) => files.save(content, MAX_ATTACHMENTS_BYTES - usedBytes));
  const added = await drafts.addUpload({ userId: draft.userId, draftId: draft.id, ...received });
  // Two uploads at once each saw room for themselves, and a draft may have been sent meanwhile: looked at again afterwards.
  const all = await drafts.uploads(draft.id);
  const isTooMuch = all.reduce((sum, upload) => sum + upload.sizeBytes, 0) > MAX_ATTACHMENTS_BYTES;
  const current = await drafts.own(draft.userId, draft.id).catch(() => null);
  if (!isTooMuch && current?.state === 'editing') return added;
  await drafts.removeUpload(draft.userId, draft.id, added.id).catch(() => '');
  await files.remove(added.file);
  throw isTooMuch ? tooLarge() : new MailError('EMAIL_DRAFT_SENT');
}

interface ReceivedFile {
  readonly filename: string;
  readonly contentType: string;
  readonly file: string;
  readonly sizeBytes: number;
}

type Save = (content: Readable) => Promise<{ file: string; sizeBytes: number }>;

function readFile(request: IncomingMessage, save: Save): Promise<ReceivedFile> {
  if (!/^multipart\/form-data/i.test(request.headers['content-type'] ?? '')) {
    return Promise.reject(new MailError('EMAIL_INVALID_INPUT', { params: { field: 'file' } }));
  }
  return new Promise((resolve, reject) => {
    let saving: Promise<void> | null = null;
    const fail = (error: unknown): void => {
      request.unpipe();
      // The rest is read and dropped, or the browser would never see our answer.
      request.resume();
      reject(error instanceof Error ? error : new Error('upload failed'));
    };
    const parser = formParser(request, fail);
    if (!parser) return;
    parser.on('file', (_field, content, info) => {
      const filename = safeFilename(info.filename ?? '', info.mimeType, 'file');
      // A browser that goes away in the middle must not leave a file open and half written.
      request.once('close', () => request.complete || content.destroy(new MailError('EMAIL_CONNECTION_LOST')));
      saving = save(content)
        .then((saved) => resolve({ filename, contentType: info.mimeType.slice(0, 255), ...saved }))
        .catch(fail);
    });
    // What busboy complains of is the form that the browser sent.
    parser.on('error', (error) => fail(error instanceof MailError ? error : badForm(error)));
    parser.on('close', () => {
      if (!saving) fail(new MailError('EMAIL_INVALID_INPUT', { params: { field: 'file' } }));
    });
    request.once('aborted', () => parser.destroy(new MailError('EMAIL_CONNECTION_LOST')));
    request.pipe(parser);
  });
}

function formParser(request: IncomingMessage, fail: (error: unknown) => void): ReturnType<typeof busboy> | null {
  try {
    return busboy({ headers: request.headers, defParamCharset: 'utf8', limits: { files: 1, fields: 10 } });
  } catch (error) {
    fail(badForm(error));
    return null;
  }
}

function badForm(cause: unknown): MailError {
  return new MailError('EMAIL_INVALID_INPUT', { params: { field: 'file' }, cause });
}

function tooLarge(): MailError {
  return new MailError('EMAIL_ATTACHMENTS_TOO_LARGE', { params: { limitMb: MAX_ATTACHMENTS_BYTES / 1024 / 1024 } });
}
