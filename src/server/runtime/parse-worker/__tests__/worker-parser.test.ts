import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { remoteId } from '../../../mail/ids';
import { parseContent, parseHead } from '../../../messages/parse-message';
import type { Fetched } from '../../../ports/mail-parser';
import type { RemotePart } from '../../../ports/session';
import { openMailParser } from '../open-parser';
import { WorkerParser, type WorkerParserOptions } from '../worker-parser';

const here = path.resolve(__dirname, '..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parse-worker-'));
const inFolder = (...names: string[]): string => path.join(folder, ...names);
const worker = inFolder('runtime/parse-worker/entry.js');
const bundled = { bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'error' } as const;

/** The worker with mails that it is not up to: what each of them does to it. */
const STUMBLING = `
  import { parentPort } from 'node:worker_threads';
  import { replyTo, mailsOf, parseMail } from './letters';
  const answer = async (letter) => {
    const messages = [];
    for (const mail of mailsOf(letter)) {
      const text = (mail.source ?? mail.header).toString();
      if (text.includes('Subject: hangs')) for (;;);
      if (text.includes('Subject: throws')) setImmediate(() => { throw new Error('made for it'); });
      if (text.includes('Subject: throws')) await new Promise(() => {});
      if (text.includes('Subject: leaves')) process.exit(3);
      if (text.includes('Subject: eats')) for (const all = [];;) all.push(new Array(100_000).fill(text));
      messages.push(await parseMail(mail).catch(() => null));
    }
    const muddle = messages.some(({ subject }) => subject === 'muddles') ? 1 : 0;
    parentPort.postMessage(replyTo({ ...letter, number: letter.number - muddle }, messages));
  };
  let last = Promise.resolve();
  parentPort.on('message', (letter) => (last = last.then(() => answer(letter))));
  parentPort.postMessage({ isReady: true });
`;

let parser: WorkerParser;
let logged: string[];
const log = {
  info: () => undefined,
  warn: (event: string) => void logged.push(event),
  error: (event: string) => void logged.push(event),
};
const open = (options: Partial<WorkerParserOptions> = {}): WorkerParser =>
  (parser = new WorkerParser({ file: worker, log, ...options }));

beforeAll(() => {
  buildSync({ ...bundled, entryPoints: [path.join(here, 'entry.ts')], outfile: worker });
  buildSync({
    ...bundled,
    stdin: { contents: STUMBLING, resolveDir: here },
    outfile: inFolder('stumbling.js'),
  });
  fs.writeFileSync(inFolder('broken.js'), 'throw new Error("no module")');
  fs.writeFileSync(inFolder('silent.js'), 'require("node:worker_threads").parentPort.on("message", () => {})');
});
afterAll(() => fs.rmSync(folder, { recursive: true }));
beforeEach(() => (logged = []));
afterEach(() => parser.close());

const mail = (subject: string, more = 'Content-Type: text/plain; charset=utf-8\r\n\r\nGrüße 😀'): Fetched => {
  const source = Buffer.from(`From: A <a@x.test>\r\nMessage-ID: <${subject}@x>\r\nSubject: ${subject}\r\n${more}`);
  return { kind: 'source', id: remoteId('1', 1), source, parts: [], isCut: false, sizeBytes: source.length };
};
const file: RemotePart = {
  part: '2',
  type: 'application/pdf',
  disposition: 'attachment',
  filename: '=?utf-8?Q?=C3=A4.pdf?=',
  contentId: null,
  encodedBytes: 780,
  encoding: 'base64',
  parentType: 'multipart/mixed',
};
const mixed =
  'Date: Sat, 21 Nov 2026 10:00:00 +0000\r\nTo: Team: b@x.test, C <c@x.test>;\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n' +
  '--b\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n<p>caf\xe9 <b>x</b></p>\r\n' +
  '--b\r\nContent-Type: application/pdf; name=x.pdf\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n';
const subjects = (count: number): string[] => [...Array(count).keys()].map((at) => `mail ${at}`);
const codeOf = (wanted: Promise<{ subject: string }>): Promise<string> =>
  wanted.then(
    ({ subject }) => subject,
    (error: { code: string }) => error.code,
  );

describe('a real worker', () => {
  it('makes of mails what this thread makes of them', async () => {
    open();
    const header = Buffer.from('Subject: large\r\nFrom: a@x.test\r\nThread-Index: AdXyz\r\n\r\n');
    const texts = [Buffer.from('Content-Type: text/plain\r\n\r\none'), Buffer.from('\r\ntwo')];
    const mails: Fetched[] = [
      mail('plain'),
      { ...mail('with a date and a file', mixed), parts: [file], threadId: '17' },
      { ...mail('no structure', mixed), parts: null } as Fetched,
      { kind: 'parts', id: remoteId('1', 2), header, texts, parts: [file], sizeBytes: 1_000_000, threadId: null },
      { ...mail(''), source: Buffer.alloc(0), sizeBytes: 0 } as Fetched,
      mail('lone \ud800', '\r\n\u0000\ud800'),
    ];
    const heads = [
      { header, sizeBytes: 5, threadId: '4' },
      { header: Buffer.from('nothing'), sizeBytes: 1 },
    ];
    const [read, readHeads] = await Promise.all([
      Promise.all(mails.map((one) => parser.content(one))),
      Promise.all(heads.map((one) => parser.head(one))),
    ]);
    expect(read).toStrictEqual(await Promise.all(mails.map(parseContent)));
    expect(readHeads).toStrictEqual(await Promise.all(heads.map(parseHead)));
    expect([read[1].date, read[1].attachments.length]).toEqual([new Date('2026-11-21T10:00:00Z'), 1]);
    expect(logged).toEqual([]);
  });

  it('takes no buffer away from others that read in it', async () => {
    open();
    const one = mail('shared') as Extract<Fetched, { kind: 'source' }>;
    const pool = Buffer.concat([Buffer.from('before'), one.source, Buffer.from('Subject: after')]);
    const source = pool.subarray(6, 6 + one.source.length);
    expect((await parser.content({ ...one, source })).subject).toBe('shared');
    expect([pool.length, pool.subarray(0, 6).toString()]).toEqual([6 + one.source.length + 14, 'before']);
  });

  it('answers each of many its own', async () => {
    open();
    const wanted = subjects(500);
    expect(await Promise.all(wanted.map((subject) => codeOf(parser.content(mail(subject)))))).toEqual(wanted);
  });

  it('gives its memory back when nothing is asked for, and is there again', async () => {
    open({ idleMs: 20 });
    const running = (): unknown => Reflect.get(parser, 'thread');
    expect(await codeOf(parser.content(mail('one')))).toBe('one');
    expect(running()).not.toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(running()).toBeNull();
    expect([await codeOf(parser.content(mail('two'))), logged]).toEqual(['two', []]);
  });

  it('keeps no process alive, unless somebody waits for it', async () => {
    const program = inFolder('program.js');
    buildSync({
      ...bundled,
      stdin: {
        contents: `
          import { WorkerParser } from './worker-parser';
          const log = { info() {}, warn() {}, error() {} };
          const parser = new WorkerParser({ file: ${JSON.stringify(worker)}, log });
          const source = Buffer.from('Subject: last words\\r\\n\\r\\n');
          parser.content({ kind: 'source', id: '1:1', source, parts: [], isCut: false, sizeBytes: 1 })
            .then(({ subject }) => console.log(subject));`,
        resolveDir: here,
      },
      outfile: program,
    });
    // Its idle minute is longer.
    const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 20_000 });
    expect(stdout).toBe('last words\n');
  });
});

describe('a mail that the worker is not up to', () => {
  const stumbling = (): WorkerParser => open({ file: inFolder('stumbling.js'), deadlineMs: 1_500, aloneMs: 1_500 });

  it.each(['hangs', 'throws', 'leaves', 'muddles'])('is found, and costs no other anything: it %s', async (what) => {
    stumbling();
    const wanted = [...subjects(5), what, ...subjects(80)];
    const found = await Promise.all(wanted.map((subject) => codeOf(parser.content(mail(subject)))));
    expect(found).toEqual(wanted.map((subject) => (subject === what ? 'EMAIL_MESSAGE_UNREADABLE' : subject)));
    // Once among others, and once alone.
    expect(logged).toEqual(['mail-parser-ended', 'mail-parser-ended']);
    expect(await codeOf(parser.content(mail('afterwards')))).toBe('afterwards');
  });

  it('is not tried in this thread where no worker can be started any more', async () => {
    const gone = inFolder('gone.js');
    fs.copyFileSync(inFolder('stumbling.js'), gone);
    open({ file: gone, deadlineMs: 1_500, aloneMs: 1_500 });
    await parser.content(mail('first'));
    fs.rmSync(gone);
    const wanted = ['leaves', 'beside it', ...subjects(70)];
    const found = await Promise.all(wanted.map((subject) => codeOf(parser.content(mail(subject)))));
    // Whatever was in the worker when it ended, and nothing else.
    expect(found.slice(0, 32)).toEqual(Array(32).fill('EMAIL_MESSAGE_UNREADABLE'));
    expect(found.slice(32)).toEqual(wanted.slice(32));
    expect(logged).toEqual(['mail-parser-ended', 'mail-parser-without-worker']);
  });

  it('does not hold up what waits already: it is asked alone behind that', async () => {
    stumbling();
    const order: string[] = [];
    const wanted = ['hangs', ...subjects(100)];
    await Promise.all(wanted.map((subject) => codeOf(parser.content(mail(subject))).then((code) => order.push(code))));
    // The first group, of 32, was asked alone.
    expect(order.slice(0, 69).sort()).toEqual(subjects(100).slice(31).sort());
    expect(order[69]).toBe('EMAIL_MESSAGE_UNREADABLE');
  });

  it('is found when it takes all memory there is', async () => {
    open({ file: inFolder('stumbling.js'), deadlineMs: 20_000 });
    const found = await Promise.all(['one', 'eats', 'two'].map((subject) => codeOf(parser.content(mail(subject)))));
    expect(found).toEqual(['one', 'EMAIL_MESSAGE_UNREADABLE', 'two']);
  }, 60_000);

  it('is no mail that waited while this thread was held up', async () => {
    open({ deadlineMs: 300 });
    await parser.content(mail('first'));
    const asked = codeOf(parser.content(mail('second')));
    await new Promise((resolve) => setImmediate(resolve));
    for (const until = performance.now() + 600; performance.now() < until;);
    expect([await asked, logged]).toEqual(['second', []]);
  });

  it('ends with the application, and is refused', async () => {
    stumbling();
    const asked = ['hangs', 'behind it'].map((subject) => codeOf(parser.content(mail(subject))));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await parser.close();
    expect(await Promise.all(asked)).toEqual(['EMAIL_MESSAGE_UNREADABLE', 'EMAIL_MESSAGE_UNREADABLE']);
    // In this thread, which it does not hold up.
    expect([await codeOf(parser.content(mail('hangs'))), parser.ahead]).toEqual(['hangs', 1]);
  });
});

describe('without a worker', () => {
  it.each(['broken.js', 'silent.js', 'missing.js'])(
    'mails are parsed in this thread, and it is said once (%s)',
    async (name) => {
      open({ file: inFolder(name), deadlineMs: 1_000 });
      expect(parser.ahead).toBeGreaterThan(1);
      const wanted = subjects(40);
      expect(await Promise.all(wanted.map((subject) => codeOf(parser.content(mail(subject)))))).toEqual(wanted);
      expect(await codeOf(parser.content(mail('more')))).toBe('more');
      expect([logged, parser.ahead]).toEqual([['mail-parser-without-worker'], 1]);
    },
  );

  it('that cannot be started although one could before is tried again later', async () => {
    const gone = inFolder('gone.js');
    fs.copyFileSync(worker, gone);
    open({ file: gone, idleMs: 1, restartMs: 100 });
    await parser.content(mail('before'));
    fs.rmSync(gone);
    await later(100);
    expect(await Promise.all([parser.content(mail('one')), parser.content(mail('two'))])).toMatchObject([
      { subject: 'one' },
      { subject: 'two' },
    ]);
    expect([parser.ahead, logged]).toEqual([1, ['mail-parser-without-worker']]);
    fs.copyFileSync(worker, gone);
    await later(200);
    expect(parser.ahead).toBeGreaterThan(1);
    expect(await parser.content(mail('after'))).toMatchObject({ subject: 'after' });
    expect(logged).toHaveLength(1);
  });

  it('where its bundle is missing, none is started', async () => {
    const without = openMailParser(inFolder('nowhere'), log);
    expect([await codeOf(without.content(mail('here'))), without.ahead]).toEqual(['here', 1]);
    expect(logged).toEqual(['mail-parser-without-worker']);
    const beside = openMailParser(folder, log);
    expect([beside.ahead > 1, await codeOf(beside.content(mail('there')))]).toEqual([true, 'there']);
    await beside.close();
  });
});
