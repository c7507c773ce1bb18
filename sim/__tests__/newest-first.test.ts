import { OneMailbox } from './one-mailbox';

const MANY = 320;

let box: OneMailbox;
afterEach(() => box?.close());

it('whoever is told of the newest mails of a first look may ask for them before the others are listed', async () => {
  box = await OneMailbox.open();
  for (let at = 0; at < MANY; at += 1) box.server.deliver('INBOX');
  const { placements, messages } = box.tables;
  const shown: { listed: number; readable: number }[] = [];
  await box.pass({
    shown: async () => void shown.push({ listed: await placements.count({}), readable: await messages.count({}) }),
  });
  const [first] = shown;
  expect(shown).toHaveLength(1);
  expect(first.readable).toBe(first.listed);
  expect(first.listed).toBeGreaterThanOrEqual(200);
  expect(first.listed).toBeLessThan(MANY);
  expect(await messages.count({})).toBe(MANY);
  // A folder that was listed before has no newest mails of which somebody waits.
  box.server.deliver('INBOX');
  await box.pass({ shown: async () => void shown.push({ listed: 0, readable: 0 }) });
  expect(shown).toHaveLength(1);
}, 60_000);
