import type { MessageRow } from '../../src/server/ports/records';
import { Identities } from '../identities';
import { Meant } from '../meant';
import { judge, type Verdict } from '../verdict';
import { OneMailbox, PLAIN } from './one-mailbox';

jest.setTimeout(60_000);

/** Faults that are planted: what the simulation calls zero is worth as much as what it would find. */
let mailbox: OneMailbox;
let meant: Meant;
let identities: Identities;
const verdict = (): Promise<Verdict> => judge(mailbox.tables, mailbox.account.id, mailbox.server, meant, identities);
const placed = async () => {
  const [row] = await mailbox.tables.placements.find(
    { folderId: (await mailbox.folder('INBOX')).id },
    { order: ['uid'] },
  );
  return row;
};

beforeEach(async () => {
  mailbox = await OneMailbox.open(PLAIN);
  [meant, identities] = [new Meant(mailbox.server), new Identities(mailbox.server)];
  for (let count = 0; count < 4; count += 1) mailbox.server.deliver('INBOX');
  await mailbox.onwards(1);
  await identities.look(mailbox.tables, mailbox.account.id);
  expect(await verdict()).toMatchObject({ diverged: 0, lost: 0, duplicated: 0, falseNew: 0, first: null });
});
afterEach(() => mailbox.close());

type Kind = 'diverged' | 'lost' | 'duplicated' | 'falseNew';
const faults: readonly (readonly [string, Kind, () => Promise<unknown>])[] = [
  ['a mail that is not here', 'lost', async () => mailbox.tables.placements.remove({ id: (await placed()).id })],
  [
    'a mail that is not there',
    'duplicated',
    async () => {
      const { id: _id, ...row } = await placed();
      await mailbox.tables.placements.insert({ ...row, uid: 99 });
    },
  ],
  ['a folder that is not there', 'duplicated', async () => mailbox.server.folders.delete('Archive')],
  [
    'a star that is not there',
    'diverged',
    async () => mailbox.tables.placements.update({ flags: ['\\Flagged'] as never }, { id: (await placed()).id }),
  ],
  ['a wish that is never told', 'diverged', async () => mailbox.tables.placements.update({ hasIntent: true }, {})],
  [
    'a read mark that does not follow its flag',
    'diverged',
    async () => mailbox.tables.placements.update({ isSeen: true }, { id: (await placed()).id }),
  ],
  ['a text that was never fetched', 'diverged', async () => mailbox.tables.placements.update({ needsBody: true }, {})],
  ['a text that is another', 'diverged', async () => mailbox.tables.messages.update({ text: 'Other' }, {})],
  [
    'a number of unread mails that is wrong',
    'diverged',
    async () => mailbox.tables.folders.update({ unreadCount: 3 }, {}),
  ],
  [
    'a mail in the place of another',
    'diverged',
    async () => {
      const [one, two] = await mailbox.tables.placements.find({}, { order: ['uid'] });
      await mailbox.tables.placements.update({ messageId: two.messageId }, { id: one.id });
    },
  ],
  [
    'a mail that has two rows',
    'falseNew',
    async () => {
      const { id: _id, ...row } = (await mailbox.tables.messages.first({})) as MessageRow;
      await mailbox.tables.messages.insert({ ...row, fingerprint: 'another' });
    },
  ],
  [
    'a mail that was erased without a wish',
    'lost',
    async () => {
      const session = mailbox.session();
      const { uidValidity, uid } = await placed();
      await session.erase('INBOX', [`${uidValidity}:${uid}` as never]);
      await mailbox.onwards(2);
    },
  ],
  [
    'a mail that was starred without a wish',
    'diverged',
    async () => {
      const session = mailbox.session();
      const { uidValidity, uid } = await placed();
      await session.storeFlags('INBOX', [`${uidValidity}:${uid}` as never], { add: ['\\Flagged'], remove: [] });
      await mailbox.onwards(2);
    },
  ],
];

it.each(faults)('finds %s', async (_what, kind, plant) => {
  await plant();
  const found = await verdict();
  expect(found[kind]).toBeGreaterThan(0);
  expect(found.first).not.toBeNull();
});

it('finds a mail that got another row, although there is one of it only', async () => {
  const { id } = (await mailbox.tables.messages.first({})) as MessageRow;
  await mailbox.tables.messages.remove({ id });
  await mailbox.tables.placements.update({ messageId: null, needsHead: true, needsBody: true } as never, {
    messageId: id,
  });
  await mailbox.onwards(2);
  expect(await verdict()).toMatchObject({ falseNew: 1, lost: 0, duplicated: 0 });
});

it('finds a mail that was to be erased and is still there', async () => {
  const row = await placed();
  meant.add('erase', 'INBOX', row, 1);
  mailbox.server.deliver('INBOX');
  await mailbox.onwards(1);
  expect((await verdict()).diverged).toBe(1);
});
