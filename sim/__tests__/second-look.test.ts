import { OneMailbox, PLAIN } from './one-mailbox';

jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

const deliver = (times: number): void => {
  for (let count = 0; count < times; count += 1) mailbox.server.deliver('Archive');
};

it.each([{}, { condstore: true }, { objectId: true }, { condstore: true, qresync: true }])(
  'a folder that begins anew between a suspicious look and the second one has what is there (%j)',
  async (more) => {
    mailbox = await OneMailbox.open({ ...PLAIN, ...more });
    deliver(30);
    await mailbox.pass();
    const old = mailbox.server.need('Archive').messages.slice(0, 25);
    mailbox.server.expunge('Archive', new Set(old.map(({ uid }) => uid)));
    let isAnew = false;
    await mailbox.pass({
      freshSession: async () => {
        if (!isAnew) {
          mailbox.server.folders.delete('Archive');
          mailbox.server.create('Archive');
          deliver(30);
        }
        isAnew = true;
        const session = mailbox.session();
        return { session, close: () => session.close() };
      },
    });
    expect(isAnew).toBe(true);
    for (let count = 0; count < 2; count += 1) await mailbox.pass();
    const { id, epoch } = await mailbox.folder('Archive');
    const rows = await mailbox.tables.placements.find({ folderId: id });
    expect(rows.filter(({ messageId, uidValidity }) => messageId !== null && uidValidity === epoch)).toHaveLength(30);
    expect(rows).toHaveLength(30);
  },
);
