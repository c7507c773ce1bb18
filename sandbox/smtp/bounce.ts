import { randomUUID } from 'node:crypto';

/** A delivery status notification (RFC 3464) as Exchange writes it for an unknown recipient. */
export function bounce(to: string, unknown: string, original: Buffer): Buffer {
  const boundary = randomUUID();
  const head = original.toString('latin1').split(/\r?\n\r?\n/)[0];
  const subject = /^subject: (.*)$/im.exec(head)?.[1] ?? '';
  const messageId = /^message-id: (.*)$/im.exec(head)?.[1] ?? '';
  const part = (type: string, body: string): string => `--${boundary}\r\nContent-Type: ${type}\r\n\r\n${body}\r\n`;
  const header = [
    'From: Microsoft Outlook <MicrosoftExchange@contoso.test>',
    `To: ${to}`,
    `Subject: Undeliverable: ${subject}`,
    `Message-ID: <${boundary}@contoso.test>`,
    `In-Reply-To: ${messageId}`,
    `Date: ${new Date().toUTCString()}`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
  ];
  const status = `Reporting-MTA: dns;smtp.sandbox.test\r\n\r\nFinal-recipient: RFC822;${unknown}\r\nAction: failed\r\nStatus: 5.1.10\r\nDiagnostic-code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound`;
  const body = [
    part('text/plain; charset=utf-8', `Your message to ${unknown} couldn't be delivered.`),
    part('message/delivery-status', status),
    part('message/rfc822-headers', head),
  ];
  return Buffer.from(`${header.join('\r\n')}\r\n\r\n${body.join('')}--${boundary}--\r\n`, 'latin1');
}
