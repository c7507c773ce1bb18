import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { MailError } from '../../errors/mail-error';
import { describeError } from '../plugin-log';
import { FolderFiles } from '../private-files';
import { isRefusal, maybeIndex } from '../refusal';
import { AesGcmSecretBox } from '../secret-box';
import { systemClock } from '../system-clock';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'email-unit-'));
const box = (env: { EMAIL_MANAGER_KEY?: string; EMAIL_MANAGER_OLD_KEYS?: string }, file = 'key') =>
  new AesGcmSecretBox({ env, keyFile: path.join(folder, file) });
const [one, two] = ['ab'.repeat(32), 'cd'.repeat(32)];

it('opens what it sealed, for the same row and field only', () => {
  const sealed = box({ EMAIL_MANAGER_KEY: one }).seal('秘密', 'table:1:field');
  expect(sealed).not.toContain('秘密');
  expect(box({ EMAIL_MANAGER_KEY: one }).open(sealed, 'table:1:field')).toBe('秘密');
  expect(() => box({ EMAIL_MANAGER_KEY: one }).open(sealed, 'table:2:field')).toThrow('EMAIL_SECRET_KEY_CHANGED');
  expect(() => box({ EMAIL_MANAGER_KEY: two }).open(sealed, 'table:1:field')).toThrow('EMAIL_SECRET_KEY_CHANGED');
});
it('notices every flipped bit', () => {
  const mine = box({ EMAIL_MANAGER_KEY: one });
  const sealed = mine.seal('token', 'c');
  for (let at = 3; at < sealed.length; at += 7) {
    const broken = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
    if (broken !== sealed) expect(() => mine.open(broken, 'c')).toThrow('EMAIL_SECRET_KEY_CHANGED');
  }
});
it('opens with an old key and seals with the new one', () => {
  const old = box({ EMAIL_MANAGER_KEY: one }).seal('x', 'c');
  const rotated = box({ EMAIL_MANAGER_KEY: two, EMAIL_MANAGER_OLD_KEYS: one });
  expect(rotated.open(old, 'c')).toBe('x');
  expect(rotated.seal('x', 'c').split('.')[1]).not.toBe(old.split('.')[1]);
});
it('makes a key file once, readable by its owner alone', () => {
  const sealed = box({}, 'made').seal('x', 'c');
  expect(box({}, 'made').open(sealed, 'c')).toBe('x');
  expect(fs.statSync(path.join(folder, 'made')).mode & 0o077).toBe(0);
});
it('refuses a key that is none', () => expect(() => box({ EMAIL_MANAGER_KEY: 'short' })).toThrow(/64 hexadecimal/));

it('says of an error what happened and where, never what the server wrote', () => {
  const inner = Object.assign(new Error('535 alice@contoso.test token eyJhbGciOi'), { code: 'EAUTH' });
  const text = JSON.stringify(describeError(new MailError('EMAIL_LOGIN_REFUSED', { cause: inner })));
  expect(text).toContain('EMAIL_LOGIN_REFUSED < Error:EAUTH');
  expect(text).not.toMatch(/alice|eyJ/);
});

it('leaves nothing behind of a file that is too large', async () => {
  const files = new FolderFiles(path.join(folder, 'files'));
  await expect(files.save(Readable.from([Buffer.alloc(60), Buffer.alloc(60)]), 100)).rejects.toMatchObject({
    code: 'EMAIL_ATTACHMENTS_TOO_LARGE',
  });
  expect(fs.readdirSync(path.join(folder, 'files'))).toEqual([]);
  const { file, sizeBytes } = await files.save(Readable.from([Buffer.from('abc')]), 100);
  expect([sizeBytes, String(await files.read(file))]).toEqual([3, 'abc']);
});
it('reads no file outside its folder', async () => {
  const files = new FolderFiles(path.join(folder, 'files'));
  expect(() => files.read('../key')).toThrow('EMAIL_ATTACHMENT_MISSING');
});

const databaseError = (code?: string) => ({ name: 'SequelizeDatabaseError', parent: { code } });

it.each([
  '22021',
  '22P05',
  '54000',
  '23502',
  'ER_DATA_TOO_LONG',
  'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD',
  'SQLITE_TOOBIG',
  'SQLITE_ERROR',
])('a database that says %s does not take the data', (code) => expect(isRefusal(databaseError(code))).toBe(true));

it.each([
  ...['57014', '57P01', '25006', '08006', '40P01', '53300', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', undefined],
  ...['PROTOCOL_CONNECTION_LOST', 'ER_LOCK_DEADLOCK', 'ER_OPTION_PREVENTS_STATEMENT', 'ER_STATEMENT_TIMEOUT'],
  ...['ER_SERVER_SHUTDOWN', 'ER_QUERY_INTERRUPTED', 'ER_SOCKET_UNEXPECTED_CLOSE', 'SQLITE_BUSY', 'SQLITE_READONLY'],
])('%s says nothing of the data', (code) => expect(isRefusal(databaseError(code))).toBe(false));

it.each([
  ['42P01', true],
  ['XX002', true],
  ['SQLITE_ERROR', true],
  ['SQLITE_CORRUPT', true],
  ['ER_LOCK_WAIT_TIMEOUT', false],
  ['57P01', false],
  ['ECONNRESET', false],
  ['SQLITE_BUSY', false],
] as const)('%s may be the full-text index: %s', (code, may) => expect(maybeIndex(databaseError(code))).toBe(may));

it('what is longer than a timer can be is not over at once', async () => {
  const stop = new AbortController();
  let isOver = false;
  const sleep = systemClock.sleep(2 ** 40, stop.signal).then(() => (isOver = true));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isOver).toBe(false);
  stop.abort();
  await sleep;
});
