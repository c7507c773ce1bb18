import { decodeWords } from 'postal-mime';
import type { RemotePart } from '../ports/session';
import type { ParsedAttachment } from '../ports/stores';
import { safeFilename } from './safe-filename';

const MOST_ATTACHMENTS = 200;

/**
 * The leaves of a message that are not its body: everything attached, named, or of another type than text. A named
 * text part without Content-Disposition is an attachment too.
 */
export function attachmentsOf(parts: readonly RemotePart[]): ParsedAttachment[] {
  return parts
    .filter((part) => !isBody(part))
    .slice(0, MOST_ATTACHMENTS)
    .map((part) => ({
      part: part.part,
      filename: safeFilename(part.filename ? decodeWords(part.filename.slice(0, 2_000)) : '', part.type, part.part),
      contentType: part.type,
      contentId: part.contentId,
      isInline: part.contentId !== null && (part.disposition === 'inline' || part.parentType === 'multipart/related'),
      sizeBytes: decodedBytes(part),
    }));
}

/** Whether a mail has files beside the pictures in its text: what the paper clip says. */
export const hasFiles = (attachments: readonly Pick<ParsedAttachment, 'isInline'>[]): boolean =>
  attachments.some(({ isInline }) => !isInline);

function isBody(part: RemotePart): boolean {
  const isText = part.type === 'text/plain' || part.type === 'text/html';
  return isText && part.disposition !== 'attachment' && !part.filename;
}

/** BODYSTRUCTURE gives the encoded size; base64 carries 57 bytes in a line of 78. */
function decodedBytes(part: RemotePart): number {
  return part.encoding === 'base64' ? Math.floor((part.encodedBytes * 57) / 78) : part.encodedBytes;
}
