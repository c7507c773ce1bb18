import MailComposer from 'nodemailer/lib/mail-composer';
import { assertHeaderText, type Address } from '../mail/address';
import { cleanWrittenHtml } from '../messages/clean-html';
import { htmlToText } from '../messages/snippet';

/** Carries our own id through servers that rewrite Message-ID on submission (Exchange, quirk Q9). */
export const TRACE_HEADER = 'X-Email-Manager-ID';

export interface MimeInput {
  readonly messageId: string;
  readonly date: Date;
  readonly from: Address;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly subject: string;
  /** The writer's own part. */
  readonly html: string;
  /** What is quoted below it, cleaned when the quote was made: judged apart, so that it cannot flatten the writer's part. */
  readonly quote: string;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  readonly attachments: readonly { filename: string; contentType: string; content: Buffer; contentId: string | null }[];
}

/**
 * Builds the RFC 5322 message with a plain text and an HTML alternative. Bcc is not part of it: those recipients stand
 * in the envelope only. @throws MailError `EMAIL_HEADER_INVALID` for line breaks in any header field
 */
export async function buildMime(input: MimeInput): Promise<Buffer> {
  const html = withBlankLines(cleanWrittenHtml(input.html)) + input.quote;
  const mail = new MailComposer({
    messageId: `<${input.messageId}>`,
    date: input.date,
    from: input.from,
    to: [...input.to],
    cc: [...input.cc],
    subject: assertHeaderText(input.subject, 'subject'),
    text: htmlToText(html),
    html: `<!doctype html><html><body>${html}</body></html>`,
    ...(input.inReplyTo ? { inReplyTo: `<${assertHeaderText(input.inReplyTo, 'In-Reply-To')}>` } : {}),
    references: input.references.map((id) => `<${assertHeaderText(id, 'References')}>`),
    headers: { [TRACE_HEADER]: input.messageId },
    attachments: input.attachments.map(({ filename, contentType, content, contentId }) => ({
      filename: assertHeaderText(filename, 'filename'),
      contentType: /^[\w.+-]+\/[\w.+-]+$/.test(contentType) ? contentType : 'application/octet-stream',
      content,
      ...(contentId ? { cid: assertHeaderText(contentId, 'Content-ID') } : {}),
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'windows',
  });
  return mail.compile().build();
}

/** An editor's empty paragraph is a blank line; in HTML without a break it has no height, and the line would be gone. */
function withBlankLines(html: string): string {
  return html.replace(/<p><\/p>/g, '<p><br></p>');
}
