import { createHash } from 'node:crypto';
import type { Address } from '../../src/server/mail/address';
import { safeFilename } from '../../src/server/messages/safe-filename';
import { createTestApp, type TestApp } from '../support/app';
import { describeWith, publicData } from '../support/corpora';
import { accountsOf, ALICE, configureProvider, linkAccount } from '../support/linked';
import { inMailbox } from '../support/mailbox-client';
import { READ, Tally, type Field, type MailCase, type ReadMail } from '../support/mail-facts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox';
import { until } from '../support/until';

const FOLDER = 'Public mail';
/** INTERNALDATE of every one: long ago, so that a date of today can only be made up. */
const RECEIVED_AT = Date.UTC(2015, 4, 5, 6, 7, 8);
/** Share of mails, percent, in which a stored field must agree: to the digit what the calibration of the public data says a parser reaches. */
const LEAST: Readonly<Record<Field, number>> = {
  subject: 99.98,
  from: 100,
  to: 100,
  cc: 100,
  date: 99.66,
  message_id: 99.98,
  // The calibration does not name this one.
  in_reply_to: 99.8,
  references: 99.91,
  text_first_300: 97.9,
};
const LEAST_FILENAMES = 91.7;
/**
 * Pairs whose authors changed words of the body and kept every telling header field and the size. Mail that was delivered has a
 * Received field of its own.
 */
const MADE_OF_ONE_ANOTHER = [
  [
    'patchwork/patchwork/tests/data/mail/0001-git-pull-request.mbox',
    'patchwork/patchwork/tests/data/mail/0005-git-pull-request-ssh.mbox',
  ],
  ['sisimai/maildir/bsd/lhost-exim-31.eml', 'sisimai/maildir/bsd/lhost-exim-34.eml'],
];

const index = publicData('index.json', 'the public mails through Dovecot');
const cases = (index ? (JSON.parse(index.toString()) as { cases: MailCase[] }).cases : []).filter(
  ({ kind }) => kind === 'mime-message',
);

interface Delivered extends MailCase {
  readonly uid: number;
  readonly source: Buffer;
}
interface Row {
  readonly uid: number;
  readonly messageId: number | null;
  readonly receivedAt: number;
  readonly mail: ReadMail;
  readonly sentAt: number;
  readonly errorCode: string | null;
  readonly isComplete: boolean;
}

/** Puts every public mail into one folder, byte for byte but for line ends, which Dovecot makes CRLF. */
async function deliver(sandbox: TestSandbox): Promise<Delivered[]> {
  return inMailbox(sandbox, ALICE.upn, async (client) => {
    await client.mailboxCreate(FOLDER);
    const delivered: Delivered[] = [];
    for (const one of cases) {
      const source = publicData(one.file, one.file) ?? Buffer.alloc(0);
      const answer = await client.append(FOLDER, source, [], new Date(RECEIVED_AT));
      if (!answer || !answer.uid) throw new Error(`Dovecot did not take ${one.file}`);
      delivered.push({ ...one, source, uid: answer.uid });
    }
    return delivered;
  });
}

const json = <T>(value: unknown): T => (typeof value === 'string' ? JSON.parse(value) : value) as T;

/** Everything that the engine stored, past the guard around the mail tables. */
async function stored({ app }: TestApp): Promise<{ rows: Row[]; filenames: Map<number, string[]> }> {
  const table = (name: string): string => app.db.getCollection(name).quotedTableName();
  const all = async <T>(sql: string): Promise<T[]> => (await app.db.sequelize.query(sql))[0] as T[];
  type Raw = Record<string, unknown> & { messageId: number | null; mid: string | null };
  const raw = await all<Raw>(
    `SELECT m.*, m.messageId AS mid, p.uid, p.messageId, p.receivedAt FROM ${table('emailPlacements')} p
     JOIN ${table('emailFolders')} f ON f.id = p.folderId LEFT JOIN ${table('emailMessages')} m ON m.id = p.messageId
     WHERE f.path = '${FOLDER}'`,
  );
  const rows = raw.map((row) => ({
    uid: Number(row.uid),
    messageId: row.messageId,
    receivedAt: Number(row.receivedAt),
    sentAt: Number(row.sentAt),
    errorCode: row.errorCode as string | null,
    isComplete: Boolean(row.isComplete),
    mail: {
      subject: row.subject as string,
      from: json<Address | null>(row.from),
      to: json<Address[]>(row.to),
      cc: json<Address[]>(row.cc),
      date: Number(row.sentAt) === RECEIVED_AT ? null : new Date(Number(row.sentAt)),
      messageId: row.mid,
      inReplyTo: row.inReplyTo as string | null,
      references: json<string[]>(row.references),
      text: row.text as string | null,
    },
  }));
  const filenames = new Map<number, string[]>();
  const attachments = await all<{ messageId: number; filename: string; contentType: string; part: string }>(
    `SELECT messageId, filename, contentType, part FROM ${table('emailAttachments')}`,
  );
  // The name that a part without one gets here is no name that a parser could have read.
  const named = attachments.filter(
    ({ filename, contentType, part }) => filename !== safeFilename('', contentType, part),
  );
  for (const { messageId, filename } of named)
    filenames.set(messageId, [...(filenames.get(messageId) ?? []), filename]);
  return { rows, filenames };
}

/** The bytes as they come over IMAP. */
const contentOf = (source: Buffer): string =>
  createHash('sha256').update(source.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1').digest('hex');

describeWith(index)('public mail through Dovecot', () => {
  let sandbox: TestSandbox;
  let app: TestApp;
  let delivered: Delivered[];
  let listed: readonly Row[] = [];
  let rows = new Map<number, Row>();
  let filenames = new Map<number, string[]>();
  const startedAt = Date.now();

  beforeAll(async () => {
    sandbox = await startTestSandbox('dovecot');
    app = await createTestApp();
    await configureProvider(app, sandbox.addresses);
    delivered = await deliver(sandbox);
    const deliveredAt = Date.now();
    const alice = await app.user('alice');
    const { id } = await linkAccount(app, alice, ALICE);
    await until(
      'every mail to be read',
      async () => (await accountsOf(alice)).find((one) => one.id === id && one.lastSyncAt),
      240_000,
    );
    const all = await stored(app);
    listed = all.rows;
    rows = new Map(listed.map((row) => [row.uid, row]));
    filenames = all.filenames;
    const [putting, reading] = [deliveredAt - startedAt, Date.now() - deliveredAt].map((ms) => Math.round(ms / 1000));
    process.stderr.write(`${delivered.length} public mails: delivered in ${putting} s, synchronised in ${reading} s\n`);
  }, 300_000);

  afterAll(async () => {
    await app?.destroy();
    await sandbox?.stop();
  }, 60_000);

  const rowOf = ({ uid, file }: Delivered): Row => {
    const row = rows.get(uid);
    if (!row) throw new Error(`${file} is not there`);
    return row;
  };

  it('every mail lies in its place exactly once, with its content', () => {
    expect(delivered.length).toBeGreaterThan(1_700);
    // By UID a row that is there twice would be one.
    expect(listed).toHaveLength(delivered.length);
    expect([...rows.keys()].sort((a, b) => a - b)).toEqual(delivered.map(({ uid }) => uid).sort((a, b) => a - b));
    const empty = delivered.filter((one) => rowOf(one).messageId === null || !rowOf(one).isComplete);
    expect(empty.map(({ file }) => file)).toEqual([]);
  });

  it('identical mails with a Message-ID are one, and different mails never', () => {
    const messages = new Map<string, Set<number>>();
    const first = new Map<number, Delivered>();
    const merged: string[][] = [];
    for (const one of delivered) {
      const { messageId, mail, errorCode } = rowOf(one);
      if (messageId === null) continue;
      const content = contentOf(one.source);
      const other = first.get(messageId);
      if (!other) first.set(messageId, one);
      else if (contentOf(other.source) !== content) merged.push([other.file, one.file].sort());
      // What has no id, or could not be read, is only ever the mail at its place.
      if (mail.messageId !== null && errorCode === null)
        messages.set(content, (messages.get(content) ?? new Set()).add(messageId));
    }
    expect(merged.sort()).toEqual(MADE_OF_ONE_ANOTHER);
    expect([...messages.values()].filter((some) => some.size > 1)).toEqual([]);
    process.stderr.write(`${rows.size} placements of ${first.size} messages\n`);
  });

  it('says of few that it could not read them in full', () => {
    const unreadable = delivered.filter((one) => rowOf(one).errorCode !== null);
    process.stderr.write(`could not be read in full: ${unreadable.length}\n`);
    expect(unreadable.map(({ file }) => file)).toEqual([]);
  });

  it.each(Object.entries(LEAST) as [Field, number][])('%s agrees in at least %d %%', (field, least) => {
    const tally = new Tally();
    for (const one of delivered) {
      const facts = one.expected?.unanimous_3;
      if (facts && field in facts) tally.count(one.file, ...READ[field](rowOf(one).mail, facts));
    }
    process.stderr.write(`${field}: ${tally}\n`);
    tally.expectAtLeast(least, 1_000);
  });

  it('names of files agree', () => {
    const tally = new Tally();
    for (const one of delivered) {
      const expected = one.expected?.unanimous_3?.filenames;
      if (!expected) continue;
      const mine = filenames.get(rowOf(one).messageId as number) ?? [];
      const theirs = expected.map((name) => safeFilename(name, '', ''));
      // One too many is as wrong as one too few, and so is one that is there twice.
      tally.count(one.file, [...mine].sort(), theirs.sort());
    }
    process.stderr.write(`file names: ${tally}\n`);
    tally.expectAtLeast(LEAST_FILENAMES, 150);
  });

  it('a bad Date never becomes now', () => {
    const dated = delivered.filter((one) => Math.abs(rowOf(one).sentAt - startedAt) < 86_400_000);
    const meant = dated.filter(({ expected }) => {
      const { date = null } = expected?.unanimous_3 ?? {};
      return date !== null && Math.abs(date * 1000 - startedAt) < 2 * 86_400_000;
    });
    expect(dated.filter((one) => !meant.includes(one)).map(({ file }) => file)).toEqual([]);
    const undated = delivered.filter(({ expected }) => expected?.unanimous_3?.date === null);
    expect(undated.length).toBeGreaterThan(20);
    // Only `sentAt` can go wrong: `receivedAt` is INTERNALDATE whatever the mail says.
    expect(undated.filter((one) => rowOf(one).sentAt !== RECEIVED_AT).map(({ file }) => file)).toEqual([]);
  });
});
