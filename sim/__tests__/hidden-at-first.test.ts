import { OneMailbox, PLAIN } from './one-mailbox';

jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

/** Passes of ten minutes each, with what was hidden in sight. */
async function after(minutes: number): Promise<number[]> {
  mailbox.hidden.clear();
  for (let at = 0; at < minutes; at += 10) {
    mailbox.time += 600_000;
    await mailbox.pass();
  }
  return mailbox.uids('INBOX');
}

const deliver = (count: number): void => {
  for (let left = count; left > 0; left -= 1) mailbox.server.deliver('INBOX');
};

describe.each([
  ['Exchange', PLAIN],
  ['CONDSTORE', { ...PLAIN, condstore: true }],
  ['QRESYNC', { ...PLAIN, condstore: true, qresync: true }],
] as const)('%s', (_which, features) => {
  beforeEach(async () => {
    mailbox = await OneMailbox.open(features);
  });

  it('a mail that is counted and not shown yet when its folder is listed first (Q6) is here soon', async () => {
    deliver(5);
    mailbox.hidden.add(5);
    await mailbox.pass();
    expect(await after(20)).toEqual([1, 2, 3, 4, 5]);
  });

  it('so are mails that were left out of that one answer', async () => {
    deliver(50);
    for (let uid = 11; uid <= 40; uid += 1) mailbox.hidden.add(uid);
    await mailbox.pass();
    expect(await after(20)).toHaveLength(50);
  });

  it('likewise where its UIDs begin anew', async () => {
    deliver(5);
    await mailbox.pass();
    mailbox.server.resetUids('INBOX');
    mailbox.hidden.add(5);
    await mailbox.pass();
    expect(await after(20)).toEqual([1, 2, 3, 4, 5]);
  });

  it('one that is hidden in the very look in which another one leaves is here soon, too, and that one gone', async () => {
    deliver(5);
    await mailbox.pass();
    mailbox.server.expunge('INBOX', new Set([1]));
    deliver(2);
    mailbox.hidden.add(6);
    await mailbox.pass();
    expect(await after(20)).toEqual([2, 3, 4, 5, 6, 7]);
  });

  it('UIDs that were never seen are no reason to compare a folder', async () => {
    deliver(300);
    await mailbox.pass();
    deliver(1);
    mailbox.server.expunge('INBOX', new Set([301]));
    deliver(2);
    mailbox.fetched.length = 0;
    await mailbox.pass();
    expect(await mailbox.uids('INBOX')).toHaveLength(302);
    const compared = mailbox.fetched.filter((range) => /^1:|^[1-9]\d?:/.test(range));
    expect(compared.filter((range) => !range.includes('*'))).toEqual([]);
  });
});
