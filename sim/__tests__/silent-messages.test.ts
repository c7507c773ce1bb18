import { OneMailbox, PLAIN } from './one-mailbox';

jest.setTimeout(60_000);

let mailbox: OneMailbox;
afterEach(() => mailbox.close());

it('a folder in which a counted message never answers is compared to its end, and then left alone', async () => {
  mailbox = await OneMailbox.open(PLAIN);
  for (let count = 0; count < 6; count += 1) mailbox.server.deliver('Archive');
  mailbox.hidden.add(3);
  await mailbox.pass();
  await mailbox.onwards(1);
  await mailbox.pass();
  await mailbox.pass();
  expect((await mailbox.folder('Archive')).scannedAt).not.toBeNull();
  mailbox.fetched = [];
  await mailbox.pass();
  expect(mailbox.fetched).toEqual([]);
});
