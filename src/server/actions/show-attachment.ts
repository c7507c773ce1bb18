import type { WireAttachment } from '../../shared/wire';
import type { AttachmentRow } from '../ports/records';

export function showAttachment({
  id,
  filename,
  contentType,
  contentId,
  isInline,
  sizeBytes,
}: AttachmentRow): WireAttachment {
  return { id, filename, contentType, contentId, isInline: Boolean(isInline), sizeBytes };
}
