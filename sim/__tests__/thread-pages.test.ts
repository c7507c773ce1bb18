import type { UserId } from '../../src/server/mail/ids';
import { threadPage } from '../../src/server/runtime/thread-pages';
import { OneMailbox } from './one-mailbox';

const AT = new Date(Date.UTC(2026, 0, 1));
let mailbox: OneMailbox;
beforeEach(async () => (mailbox = await OneMailbox.open()));
afterEach(() => mailbox.close());

// Contents 3 and 4 are one conversation (scripted-client.ts); the others stand alone.
it('a conversation whose mails came in one second stands on one page only', async () => {
  for (const content of [3, 1, 2, 4, 5])
    mailbox.server.put('INBOX', { content, receivedAt: AT, size: 500 + content, flags: [] });
  await mailbox.pass();
  const inbox = await mailbox.folder('INBOX');
  for (const limit of [1, 2, 3]) {
    const shown: number[] = [];
    for (let before: string | null = null, isFirst = true; isFirst || before !== null; isFirst = false) {
      const page = await threadPage(mailbox.tables, 1 as UserId, inbox, before, limit);
      shown.push(...page.threads.map(({ id }) => id));
      before = page.nextBefore;
    }
    expect(shown).toHaveLength(4);
    expect(new Set(shown).size).toBe(4);
  }
});
