import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Connection } from '../../ports/provider';
import type { MailTransport, OutgoingMail, SendOutcome } from '../../ports/transport';
import { isTokenRefused, smtpOutcome } from './smtp-outcome';

const CONNECT_TIMEOUT_MS = 20_000;
const ANSWER_TIMEOUT_MS = 120_000;
const PIECE_BYTES = 16 * 1024;

/** Message submission (RFC 6409) over STARTTLS with XOAUTH2, as smtp.office365.com wants it. One connection a mail. */
export class SmtpTransport implements MailTransport {
  constructor(private readonly connection: Connection) {}

  async send(mail: OutgoingMail): Promise<SendOutcome> {
    const first = await this.tryOnce(mail, await this.connection.accessToken());
    if (!('tokenRefused' in first)) return first;
    const second = await this.tryOnce(mail, await this.connection.accessToken({ fresh: true }));
    return 'tokenRefused' in second ? second.tokenRefused : second;
  }

  private async tryOnce(mail: OutgoingMail, accessToken: string): Promise<SendOutcome | { tokenRefused: SendOutcome }> {
    // The stream is read only after the server answered DATA with 354, and in small pieces, as fast as the line takes them:
    // so its end means that all but the last of it was handed over.
    const source = Readable.from(pieces(mail.source), { objectMode: false, highWaterMark: PIECE_BYTES });
    let handedOver = false;
    source.once('end', () => (handedOver = true));
    const smtp = this.open();
    try {
      await connected(smtp);
      await loggedIn(smtp, this.connection.address, accessToken);
      const { response, rejected } = await submitted(smtp, mail, source);
      return { kind: 'sent', response: response.slice(0, 255), refusedRecipients: rejected };
    } catch (error) {
      const outcome = smtpOutcome(error, handedOver);
      return isTokenRefused(error) ? { tokenRefused: outcome } : outcome;
    } finally {
      smtp.close();
      source.destroy();
    }
  }

  private open(): SMTPConnection {
    const { smtpHost, smtpPort } = this.connection.settings;
    return new SMTPConnection({
      host: smtpHost,
      port: smtpPort,
      secure: smtpPort === 465,
      requireTLS: true,
      connectionTimeout: CONNECT_TIMEOUT_MS,
      greetingTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: ANSWER_TIMEOUT_MS,
    });
  }
}

function* pieces(source: Buffer): Generator<Buffer> {
  for (let at = 0; at < source.length; at += PIECE_BYTES) yield source.subarray(at, at + PIECE_BYTES);
}

function connected(smtp: SMTPConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    smtp.on('error', reject);
    smtp.connect((error) => (error ? reject(error) : resolve()));
  });
}

/** SASL XOAUTH2 initial response: `user=…^Aauth=Bearer …^A^A` in base64 (Microsoft, "Authenticate an IMAP, POP or SMTP connection"). */
function loggedIn(smtp: SMTPConnection, user: string, accessToken: string): Promise<void> {
  const oauth2 = {
    getToken: (_renew: boolean, callback: (error: Error | null, token: string) => void) => callback(null, accessToken),
    buildXOAuth2Token: (token: string) =>
      Buffer.from(`user=${user}\u0001auth=Bearer ${token}\u0001\u0001`).toString('base64'),
  };
  return new Promise((resolve, reject) => {
    smtp.on('error', reject);
    smtp.login({ method: 'XOAUTH2', user, oauth2 } as unknown as Parameters<SMTPConnection['login']>[0], (error) =>
      error ? reject(error) : resolve(),
    );
  });
}

function submitted(
  smtp: SMTPConnection,
  mail: OutgoingMail,
  source: Readable,
): Promise<{ response: string; rejected: string[] }> {
  return new Promise((resolve, reject) => {
    smtp.on('error', reject);
    smtp.on('end', () => reject(new Error('connection closed')));
    smtp.send({ from: mail.from, to: [...mail.recipients] }, source, (error, info) => {
      if (error || !info) return reject(error ?? new Error('no answer'));
      resolve({ response: String(info.response ?? ''), rejected: (info.rejected ?? []).map(String) });
    });
  });
}
