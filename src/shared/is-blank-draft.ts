import type { WireDraft } from './wire';

type DraftOutline = Pick<WireDraft, 'to' | 'cc' | 'bcc' | 'subject' | 'html'> & {
  readonly uploads: readonly unknown[];
};

/** True for a draft that nobody would miss: nothing was written or attached, and what stands there came by itself. */
export function isBlankDraft({ to, cc, bcc, subject, html, uploads }: DraftOutline, hasOriginal: boolean): boolean {
  const hasNobody = to.length + cc.length + bcc.length === 0;
  return !html && uploads.length === 0 && (hasOriginal || (hasNobody && !subject));
}
