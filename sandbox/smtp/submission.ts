import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import type { Certificates } from '../certificates';
import type { Faults } from '../faults';
import type { Claims } from '../identity/keys';
import type { MailStore } from '../imap/mail-store';
import { findUser } from '../world';
import { bounce } from './bounce';
import { refusal } from './refusals';

const LARGEST_BYTES = 35 * 1024 * 1024;
const MOST_AT_ONCE = 3;

export interface SubmissionOptions {
  readonly certificates: Certificates;
  readonly port: number;
  readonly faults: Faults;
  readonly store: MailStore;
  readonly checkToken: (token: string) => Claims;
  /** Exchange replaces the Message-ID of what it submits; off by default here. */
  readonly rewriteMessageId: () => boolean;
}

export interface Submission {
  readonly port: number;
  readonly accepted: { from: string; to: string[]; raw: Buffer }[];
  close(): Promise<void>;
}

type Done = (error?: Error | null, text?: string) => void;

/** smtp.office365.com: STARTTLS, XOAUTH2, send-as check, copy in Sent Items, bounce for unknown recipients. */
export async function startSubmission(options: SubmissionOptions): Promise<Submission> {
  const accepted: Submission['accepted'] = [];
  const running = new Map<string, number>();
  const server = new SMTPServer({
    key: options.certificates.key,
    cert: options.certificates.cert,
    secure: false,
    name: 'smtp.sandbox.test',
    banner: 'Microsoft ESMTP MAIL Service ready',
    authMethods: ['XOAUTH2'],
    size: LARGEST_BYTES,
    disableReverseLookup: true,
    logger: false,
    hideENHANCEDSTATUSCODES: true,
    onAuth: (auth, _session, done) => {
      const fault = options.faults.take('smtp', { stage: 'auth', user: auth.username ?? '' });
      if (fault) return done(refusal(fault.answer ?? 'auth'));
      try {
        const claims = options.checkToken(String(auth.accessToken));
        const isAllowed =
          /\bSMTP\.Send\b/.test(claims.scp) && claims.upn.toLowerCase() === auth.username?.toLowerCase();
        return isAllowed ? done(null, { user: claims.upn }) : done(refusal('auth'));
      } catch {
        return done(refusal('auth'));
      }
    },
    onRcptTo: (address, session, done) => {
      const facts = { stage: 'rcpt', user: String(session.user), to: address.address };
      const fault = options.faults.take('smtp', facts);
      done(fault ? refusal(fault.answer ?? 'unknownRecipient') : null);
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const mail = { session, raw: Buffer.concat(chunks), isTooBig: stream.sizeExceeded };
        void receive(mail, server, options, running, accepted, done);
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(options.port, '127.0.0.1', resolve));
  const port = (server.server.address() as AddressInfo).port;
  return { port, accepted, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

interface Received {
  readonly session: SMTPServerSession;
  readonly raw: Buffer;
  readonly isTooBig: boolean;
}

async function receive(
  { session, raw, isTooBig }: Received,
  server: SMTPServer,
  options: SubmissionOptions,
  running: Map<string, number>,
  accepted: Submission['accepted'],
  done: Done,
): Promise<void> {
  const { user, from, to } = envelopeOf(session);
  const atOnce = (running.get(user) ?? 0) + 1;
  running.set(user, atOnce);
  try {
    const fault = options.faults.take('smtp', { stage: 'data', user });
    if (fault?.drop && fault.answer === 'after-accept') await hand(from, to, raw, options, accepted);
    if (fault?.drop) return cut(server, session);
    if (fault) throw refusal(fault.answer ?? 'temporary', { user, from });
    if (isTooBig) throw refusal('tooBig');
    if (atOnce > MOST_AT_ONCE) throw refusal('throttle');
    assertMaySendAs(user, from, raw);
    const id = await hand(from, to, raw, options, accepted);
    done(null, `2.0.0 OK <${id}> [Hostname=SANDBOX]`);
  } catch (error) {
    done(error as Error);
  } finally {
    running.set(user, (running.get(user) ?? 1) - 1);
  }
}

function envelopeOf({ user, envelope }: SMTPServerSession): { user: string; from: string; to: string[] } {
  const from = envelope.mailFrom ? envelope.mailFrom.address : '';
  return { user: String(user), from, to: envelope.rcptTo.map((recipient) => recipient.address) };
}

/** Envelope sender and From must both be the authenticated user, as Exchange has it. */
function assertMaySendAs(user: string, from: string, raw: Buffer): void {
  const headerFrom = /^from:.*?([^\s<>"]+@[^\s<>"]+)/im.exec(raw.toString('latin1', 0, 65_536))?.[1] ?? from;
  if (findUser(from)?.upn !== user || findUser(headerFrom)?.upn !== user)
    throw refusal('sendAs', { user, from: headerFrom });
}

/** Delivers to the sandbox's mailboxes, bounces the rest, and files the sent copy. Answers the message's id. */
async function hand(
  from: string,
  to: string[],
  source: Buffer,
  options: SubmissionOptions,
  accepted: Submission['accepted'],
): Promise<string> {
  const id = `${randomUUID()}@sandbox.prod.outlook.test`;
  const raw = options.rewriteMessageId() ? replaceMessageId(source, id) : source;
  accepted.push({ from, to, raw });
  for (const address of to) {
    const recipient = findUser(address);
    if (recipient) await options.store.deliver(recipient.upn, raw);
    else await options.store.deliver(from, bounce(from, address, raw));
  }
  await options.store.fileSent(from, raw);
  return id;
}

function replaceMessageId(raw: Buffer, id: string): Buffer {
  return Buffer.from(raw.toString('latin1').replace(/^message-id:[^\r\n]*/im, `Message-ID: <${id}>`), 'latin1');
}

/** The line drops without an answer, as when a front end is restarted. */
function cut(server: SMTPServer, session: SMTPServerSession): void {
  const connections = (
    server as unknown as { connections: Iterable<{ session: { id: string }; _socket: { destroy(): void } }> }
  ).connections;
  for (const connection of connections) if (connection.session.id === session.id) connection._socket.destroy();
}
