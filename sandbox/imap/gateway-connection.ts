import net from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Fault } from '../faults';
import { asExchange, EXCHANGE_CAPABILITIES, exchangeRefusal } from './exchange-rules';
import type { Backend, GatewayOptions } from './gateway';
import { LineSplitter, type Line } from './line-splitter';

const GREETING = '* OK The Microsoft Exchange IMAP4 service is ready. [SANDBOX]\r\n';

/** One client connection through the gateway. */
export class GatewayConnection {
  private backend: net.Socket | null = null;
  private loginTag: string | null = null;
  private sawBackendGreeting = false;
  private user = '';
  private isIdle = false;
  private isSwallowing = false;
  private isWaitingForSasl: string | null = null;
  private isOver = false;
  /** Whose mailbox this connection is logged in to; null before that. */
  mailbox: string | null = null;

  constructor(
    private readonly client: TLSSocket,
    private readonly options: GatewayOptions,
    private readonly onLogin: (mailbox: string) => void,
  ) {
    const up = new LineSplitter(
      (line) => this.fromClient(line),
      (bytes) => this.isSwallowing || this.backend?.write(bytes),
    );
    client.on('data', (chunk: Buffer) => up.push(chunk));
    client.on('error', () => this.end(''));
    client.on('close', () => this.backend?.destroy());
    this.send(GREETING);
  }

  end(text: string): void {
    if (this.isOver) return;
    if (text) this.send(text);
    this.isOver = true;
    this.client.end();
    setTimeout(() => {
      this.client.destroy();
      this.backend?.destroy();
    }, 20);
  }

  private send(data: string | Buffer): void {
    if (!this.isOver && !this.client.destroyed) this.client.write(data);
  }

  private fromClient(line: Line): void {
    if (this.isSwallowing) {
      if (!line.hasLiteral) this.isSwallowing = false;
      return;
    }
    if (this.isWaitingForSasl) return this.login(this.isWaitingForSasl, line.text.trim());
    if (this.isIdle || !line.isFirst) {
      if (/^DONE/i.test(line.text)) this.isIdle = false;
      this.backend?.write(line.bytes);
      return;
    }
    const command = /^(\S+) (?:UID )?(\S+) ?(.*)/i.exec(line.text.trimEnd());
    if (!command) return this.send('* BAD Command Error. 10\r\n');
    const [, tag, name, args] = command;
    this.command(line, tag, name.toUpperCase(), args);
  }

  private command(line: Line, tag: string, name: string, args: string): void {
    if (name === 'AUTHENTICATE') this.user = credentialsOf(args.split(' ')[1] ?? '')?.user ?? '';
    const fault = this.options.faults.take('imap', { stage: name.toLowerCase(), user: this.user });
    if (fault) return this.fail(fault, tag, line);
    if (!this.backend) return this.beforeLogin(tag, name, args);
    const refusal = exchangeRefusal(tag, name, args);
    if (refusal) {
      this.isSwallowing = line.hasLiteral;
      return this.send(`${refusal}\r\n`);
    }
    if (name === 'IDLE') this.isIdle = true;
    this.backend.write(line.bytes);
  }

  private fail(fault: Fault, tag: string, line: Line): void {
    if (fault.drop) return this.end('');
    this.isSwallowing = line.hasLiteral;
    this.send(`${(fault.answer ?? 'TAG NO Server Unavailable. 15').replace('TAG', tag)}\r\n`);
    if (/^\* BYE/.test(fault.answer ?? '')) this.end('');
  }

  private beforeLogin(tag: string, name: string, args: string): void {
    switch (name) {
      case 'CAPABILITY':
        return this.send(`* CAPABILITY ${EXCHANGE_CAPABILITIES.before}\r\n${tag} OK CAPABILITY completed.\r\n`);
      case 'ID':
        return this.send(`* ID ("name" "Microsoft.Exchange.Imap4.Imap4Server")\r\n${tag} OK ID completed.\r\n`);
      case 'NOOP':
        return this.send(`${tag} OK NOOP completed.\r\n`);
      case 'LOGOUT':
        return this.end(`* BYE Microsoft Exchange Server IMAP4 server signing off.\r\n${tag} OK LOGOUT completed.\r\n`);
      case 'AUTHENTICATE':
        return this.authenticate(tag, args);
      case 'LOGIN':
        return this.send(`${tag} NO LOGIN failed.\r\n`);
      default:
        return this.send(`${tag} BAD Command received in Invalid state.\r\n`);
    }
  }

  private authenticate(tag: string, args: string): void {
    const [mechanism, initial] = args.split(' ');
    if (mechanism.toUpperCase() !== 'XOAUTH2') return this.send(`${tag} NO AUTHENTICATE failed.\r\n`);
    if (initial) return this.login(tag, initial);
    this.isWaitingForSasl = tag;
    this.send('+ \r\n');
  }

  private login(tag: string, response: string): void {
    this.isWaitingForSasl = null;
    const credentials = credentialsOf(response);
    try {
      if (!credentials) throw new Error('malformed');
      this.user = credentials.user;
      this.connect(tag, this.options.authenticate(credentials.user, credentials.token));
    } catch {
      // Exchange says nothing more, and takes its time.
      setTimeout(() => this.send(`${tag} NO AUTHENTICATE failed.\r\n`), 50);
    }
  }

  private connect(tag: string, backend: Backend): void {
    this.loginTag = tag;
    const socket = net.connect(backend.port, backend.host);
    socket.setNoDelay(true);
    const down = new LineSplitter(
      (line) => this.fromBackend(line, backend),
      (bytes) => this.send(Buffer.from(bytes)),
    );
    socket.on('data', (chunk: Buffer) => down.push(chunk));
    socket.on('error', () => this.end(''));
    socket.on('close', () => this.end(''));
    this.backend = socket;
  }

  private fromBackend(line: Line, { user, password }: Backend): void {
    if (!this.sawBackendGreeting) {
      this.sawBackendGreeting = true;
      this.backend?.write(`${this.loginTag} LOGIN "${user}" "${password}"\r\n`);
      return;
    }
    if (this.loginTag) return this.afterLogin(line.text);
    if (!line.isFirst) return this.send(line.bytes);
    const fault = / FETCH /.test(line.text)
      ? this.options.faults.take('imap', { stage: 'response', user: this.user })
      : null;
    if (fault?.drop) return this.end('');
    const text = asExchange(line.text);
    if (text !== null) this.send(line.bytes.length === line.text.length ? Buffer.from(text, 'latin1') : line.bytes);
  }

  private afterLogin(text: string): void {
    if (!text.startsWith(`${this.loginTag} `)) return;
    const isIn = text.startsWith(`${this.loginTag} OK`);
    if (isIn) this.onLogin((this.mailbox = this.user));
    this.send(`${this.loginTag} ${isIn ? 'OK AUTHENTICATE completed.' : 'NO AUTHENTICATE failed.'}\r\n`);
    this.loginTag = null;
  }
}

/** SASL XOAUTH2: `user=…^Aauth=Bearer …^A^A` in base64. */
function credentialsOf(response: string): { user: string; token: string } | null {
  const text = Buffer.from(response, 'base64').toString('utf8');
  const match = /^user=([^\u0001]+)\u0001auth=Bearer ([^\u0001]+)\u0001\u0001$/.exec(text);
  return match ? { user: match[1], token: match[2] } : null;
}
