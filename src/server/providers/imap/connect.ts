import { ImapFlow } from 'imapflow';
import { MailError } from '../../errors/mail-error';
import type { Connection } from '../../ports/provider';
import { endWhatNeverEnds } from './deadlines';
import { backOffMs, imapError } from './errors';
import { readJunkAsText } from './junk-codes';
import { tellVanishedInRanges } from './vanished';

/** No single literal may be larger: a hostile server could claim gigabytes. Attachments come in chunks below this. */
const MAX_LITERAL_BYTES = 64 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 20_000;
const SOCKET_TIMEOUT_MS = 5 * 60_000;

/**
 * Opens and authenticates one IMAP connection (RFC 9051 §6.2.2, XOAUTH2 as Microsoft documents it).
 * A refused token is renewed once: Exchange forgets tokens early after a password change.
 */
export async function connectImap(connection: Connection): Promise<ImapFlow> {
  const client = await connectAndLogIn(connection);
  await enableExtensions(client);
  return client;
}

/**
 * CONDSTORE and QRESYNC where they are offered (RFC 7162), and nothing else: imapflow would enable IMAP4rev2 with them, whose
 * SEARCH Exchange answers with nothing and no error.
 */
async function enableExtensions(client: ImapFlow): Promise<void> {
  const run = (client as unknown as { run(command: string, list: string[]): Promise<unknown> }).run.bind(client);
  try {
    await run('ENABLE', ['CONDSTORE', 'QRESYNC']);
  } catch (error) {
    client.close();
    throw imapError(error);
  }
}

async function connectAndLogIn(connection: Connection): Promise<ImapFlow> {
  try {
    return await login(connection, await connection.accessToken());
  } catch (error) {
    const refusal = imapError(error);
    // Another try helps where the login was refused (Q3, Q19), not at a server that is busy, or asks for a pause.
    const isRefused = (error as { authenticationFailed?: boolean }).authenticationFailed === true;
    if (!isRefused || refusal.kind === 'transient') throw refusal;
  }
  try {
    return await login(connection, await connection.accessToken({ fresh: true }));
  } catch (error) {
    throw imapError(error);
  }
}

const pauses = new WeakMap<object, number>();
const refusals = new WeakMap<object, MailError>();

/** What the server said when it refused the last command; imapflow answers some of them with a bare `false`. Told once. */
export function lastRefusal(client: object): MailError | null {
  const refusal = refusals.get(client) ?? null;
  refusals.delete(client);
  return refusal;
}

/**
 * A lost connection with what the server said before it went: a token that ran out ends a session every hour, and that is no
 * failure (Q7); a pause that is asked for in a BYE counts like any other.
 */
export function lossOf(client: object, known?: MailError): MailError {
  const { byeReason } = client as { byeReason?: unknown };
  const said = typeof byeReason === 'string' ? imapError({ responseText: byeReason }) : null;
  if (said?.code === 'EMAIL_TOKEN_EXPIRED' || said?.code === 'EMAIL_THROTTLED') return said;
  return known ?? new MailError('EMAIL_CONNECTION_LOST');
}

/** The pause that the server asked for on this connection, as an error, or null. */
export function throttleError(client: object, now = Date.now()): MailError | null {
  const pauseMs = pauses.get(client);
  return pauseMs ? new MailError('EMAIL_THROTTLED', { retryAt: new Date(now + pauseMs) }) : null;
}

/**
 * imapflow sits out a server's pause with the connection open, for minutes. We hold no connection meanwhile: the only
 * place where it tells in time is its log.
 */
function throttleWatch(client: () => ImapFlow) {
  const silent = (): void => undefined;
  const warn = (entry: unknown): void => {
    const { throttleDelay, err } = (entry ?? {}) as { throttleDelay?: number; err?: unknown };
    if (err) refusals.set(client(), imapError(err));
    if (!(Number(throttleDelay) > 0)) return;
    pauses.set(client(), backOffMs({ throttleReset: Number(throttleDelay), ...(err as object | undefined) }));
    setImmediate(() => client().close());
  };
  return { trace: silent, debug: silent, info: silent, error: silent, fatal: silent, warn };
}

async function login(connection: Connection, accessToken: string): Promise<ImapFlow> {
  const { imapHost, imapPort } = connection.settings;
  const client: ImapFlow = new ImapFlow({
    host: imapHost,
    port: imapPort,
    secure: true,
    auth: { user: connection.address, accessToken, loginMethod: 'AUTH=XOAUTH2' },
    logger: throttleWatch(() => client),
    // Exchange's IMAP4rev2 answers SEARCH with nothing and no error (docs/spec/provider-quirks.md).
    disableAutoEnable: true,
    disableAutoIdle: true,
    disableBinary: true,
    disableCompression: true,
    maxLiteralSize: MAX_LITERAL_BYTES,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    clientInfo: { name: 'NocoBase e-mail manager' },
  });
  // Without a listener a late socket error would end the process; `close` is what we act on.
  client.on('error', () => undefined);
  endWhatNeverEnds(client);
  readJunkAsText(client);
  try {
    await client.connect();
    tellVanishedInRanges(client);
    return client;
  } catch (error) {
    client.close();
    const loss = lossOf(client);
    throw throttleError(client) ?? (loss.code === 'EMAIL_THROTTLED' ? loss : error);
  }
}
