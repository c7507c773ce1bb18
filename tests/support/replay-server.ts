import fs from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import type { Connection } from '../../src/server/ports/provider';

/** A command as it came. A UID command is called `UID FETCH` and so on. */
export interface Asked {
  readonly tag: string;
  readonly command: string;
  readonly args: string;
}

/**
 * What a server says to a command: lines of a transcript, with `A########` in place of the tag. A list is said in turn, its last
 * one for ever; null ends the connection.
 */
export type Answer = string | null | ((asked: Asked) => string | null) | readonly (string | null)[];
export type Script = Readonly<Record<string, Answer>>;

export interface ReplayServer {
  readonly asked: readonly Asked[];
  /** Everything the client sent, line by line. */
  readonly lines: readonly string[];
  /** What a provider is given to connect; `tokens` are handed out in turn, the last one for ever. */
  connection(tokens?: readonly string[]): Connection;
  /** Says something unasked on every connection; after a BYE the line is closed. */
  say(text: string): void;
  close(): Promise<void>;
}

const TAG = /A#{8}/g;
const CAPABILITIES = 'IMAP4rev1 AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE CHILDREN IDLE NAMESPACE LITERAL+';

/** A quiet mailbox: what is said to a command that the script leaves out. */
const USUAL: Script = {
  GREETING: '* OK ready\n',
  CAPABILITY: `* CAPABILITY ${CAPABILITIES}\nA######## OK done\n`,
  AUTHENTICATE: 'A######## OK done\n',
  NAMESPACE: '* NAMESPACE (("" "/")) NIL NIL\nA######## OK done\n',
  IDLE: '+ idling\n',
};

/** An IMAP server on loopback that says what transcripts of others say: through it a transcript reaches the real connection. */
export async function startReplayServer(script: Script): Promise<ReplayServer> {
  const ca = process.env.NODE_EXTRA_CA_CERTS;
  if (!ca) throw new Error('run the tests through `npm test`: it sets NODE_EXTRA_CA_CERTS');
  const [key, cert] = ['server.key', 'server.crt'].map((name) => fs.readFileSync(path.join(path.dirname(ca), name)));
  const said = new Map<string, number>();
  const [asked, lines]: [Asked[], string[]] = [[], []];
  const sockets = new Set<tls.TLSSocket>();
  const answerTo = (one: Asked): string | null => {
    const answer = script[one.command] ?? USUAL[one.command] ?? 'A######## OK done\n';
    if (typeof answer === 'function') return answer(one);
    if (typeof answer === 'string' || answer === null) return answer;
    const turn = said.get(one.command) ?? 0;
    said.set(one.command, turn + 1);
    return answer[Math.min(turn, answer.length - 1)];
  };
  const server = tls.createServer({ key, cert }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    const say = (one: Asked): void => {
      const answer = answerTo(one);
      if (answer === null) socket.destroy();
      else socket.write(wire(answer.replace(TAG, one.tag)));
    };
    say({ tag: '*', command: 'GREETING', args: '' });
    let current: Asked = { tag: '*', command: 'GREETING', args: '' };
    readLines(socket, (line) => {
      lines.push(line);
      const [, tag, command, args] = /^(\S+) ((?:UID )?[A-Z]+)(?: (.*))?$/i.exec(line) ?? [];
      // An answer to a continuation, or DONE: the command that is running goes on.
      if (!tag) current = { ...current, command: line === 'DONE' ? 'DONE' : 'CONTINUE', args: line };
      else current = { tag, command: command.toUpperCase(), args: args ?? '' };
      asked.push(current);
      say(current);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    lines,
    connection: (tokens = ['token']) => connectionTo(port, tokens),
    say: (text) =>
      sockets.forEach((socket) => (/^\* BYE/.test(text) ? socket.end(wire(text)) : socket.write(wire(text)))),
    close: () =>
      new Promise((resolve) => {
        sockets.forEach((socket) => socket.destroy());
        server.close(() => resolve());
      }),
  };
}

/** Transcripts were saved with LF; their literals count CRLF. */
const wire = (text: string): Buffer => Buffer.from(text.replace(/\r?\n/g, '\r\n'), 'latin1');

function readLines(socket: tls.TLSSocket, onLine: (line: string) => void): void {
  let rest = '';
  socket.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString('latin1')).split('\r\n');
    rest = parts.pop() ?? '';
    parts.forEach(onLine);
  });
}

function connectionTo(imapPort: number, tokens: readonly string[]): Connection {
  let turn = 0;
  return {
    address: 'alice@contoso.test',
    settings: { imapHost: 'localhost', imapPort },
    accessToken: async ({ fresh = false } = {}) => tokens[Math.min(fresh ? (turn += 1) : turn, tokens.length - 1)],
  } as unknown as Connection;
}
