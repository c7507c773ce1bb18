import { MailError } from '../../errors/mail-error';
import type { OutboxRow } from '../../ports/records';
import type { SendOutcome } from '../../ports/transport';
import { HeldClock, settled } from '../../ports/__tests__/held-clock';
import { NEVER } from '../outbox-state';
import { OutboxWorker, type OutboxWorkerPorts } from '../outbox-worker';

type Row = { -readonly [K in keyof OutboxRow]: OutboxRow[K] };

let clock: HeldClock;
let rows: Row[];
let sent: string[];
let transport: (row: { recipients: readonly string[] }) => Promise<SendOutcome>;
let look: () => Promise<boolean>;
/** How far the shared clock is from this node's. */
let skewMs: number;
let worker: OutboxWorker;

const row = (id: number, accountId: number, more: Partial<Row> = {}): Row =>
  ({
    id,
    accountId,
    userId: 1,
    state: 'queued',
    attempts: 0,
    dueAt: 0,
    draftId: null,
    sourceMessageId: null,
    recipients: [`${id}@x`],
    file: 'f',
    messageId: `${id}@m`,
    errorCode: null,
    ...more,
  }) as Row;
const stateOf = (id: number) => rows.find((one) => one.id === id)?.state;

function fakeOutbox(): OutboxWorkerPorts['outbox'] {
  const change = async (id: number, from: string, values: object): Promise<boolean> => {
    const found = rows.find((one) => one.id === id && one.state === from);
    return found ? Boolean(Object.assign(found, values)) : false;
  };
  const due = (states: string[], now: number, limit: number, except: readonly number[]) =>
    rows
      .filter((one) => states.includes(one.state) && one.dueAt <= now && !except.includes(one.accountId))
      .slice(0, limit);
  return {
    due: async (now: number, limit: number, except: readonly number[]) => due(['queued', 'later'], now, limit, except),
    uncertain: async (now: number, except: readonly number[]) => due(['uncertain'], now, 20, except),
    markAbandoned: async (now: number) => {
      const abandoned = rows.filter((one) => one.state === 'transmitting' && (one.claimedUntil ?? 0) < now);
      for (const one of abandoned) Object.assign(one, { state: 'uncertain', dueAt: now });
      return abandoned.length;
    },
    claim: async (wanted: OutboxRow, _worker: string, claimedUntil: number) =>
      (await change(wanted.id, wanted.state, { state: 'transmitting', attempts: wanted.attempts + 1, claimedUntil }))
        ? { ...wanted, attempts: wanted.attempts + 1 }
        : null,
    settle: (id: number, _worker: string, values: object) => change(id, 'transmitting', values),
    move: (id: number, from: string, values: object) => change(id, from, values),
    prune: async () => 0,
  } as unknown as OutboxWorkerPorts['outbox'];
}

beforeEach(() => {
  clock = new HeldClock();
  rows = [];
  sent = [];
  transport = async ({ recipients }) => {
    sent.push(recipients[0]);
    return { kind: 'sent', response: 'ok', refusedRecipients: [] };
  };
  look = async () => false;
  skewMs = 0;
  const nothing = async () => undefined;
  const session = { hasMessage: () => look(), append: nothing, close: nothing };
  const provider = {
    capabilities: { savesSentCopy: true },
    openMailbox: async () => session,
    openTransport: () => ({ send: (mail: { recipients: readonly string[] }) => transport(mail) }),
  };
  worker = new OutboxWorker('w', {
    accounts: { byId: async (id: number) => ({ id, errorCode: null, notBefore: null }) },
    connections: { of: async () => ({ provider, connection: {} }) },
    sessions: { borrow: async () => ({ session, isReused: false, giveBack: () => undefined }) },
    outbox: fakeOutbox(),
    drafts: { stuck: async () => [] },
    messages: {},
    store: { folderOfRole: async () => ({ path: 'Sent Items' }) },
    files: { read: async () => Buffer.from('x'), remove: nothing },
    live: { changed: () => undefined },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    now: () => clock.now(),
    clock,
    sharedNow: async () => clock.now() + skewMs,
    wakeups: { wakeSync: nothing },
    run: (_name: string, task: () => Promise<void>) => void task(),
  } as unknown as OutboxWorkerPorts);
  worker.start();
});
afterEach(() => worker.stop());

const pass = async (ms: number): Promise<void> => {
  for (let at = 0; at < ms; at += 5_000) {
    await clock.advance(5_000);
    await settled();
  }
};

it('an account whose server does not answer holds up nobody else, however much it has to send', async () => {
  const send = transport;
  transport = (mail) => (Number.parseInt(mail.recipients[0], 10) < 100 ? new Promise(() => undefined) : send(mail));
  rows.push(...Array.from({ length: 40 }, (_, at) => row(at + 1, 1)));
  await pass(5_000);
  rows.push(row(100, 2), row(101, 2));
  await pass(10_000);
  expect([stateOf(1), stateOf(2), stateOf(100), stateOf(101)]).toEqual(['transmitting', 'queued', 'sent', 'sent']);
  expect(sent).toEqual(['100@x', '101@x']);
});

it('mails of one account go in order, all of them', async () => {
  rows.push(...Array.from({ length: 45 }, (_, at) => row(at + 1, 1)));
  await pass(30_000);
  expect(sent).toEqual(Array.from({ length: 45 }, (_, at) => `${at + 1}@x`));
});

it('a mail found in Sent was sent', async () => {
  rows.push(row(1, 1, { state: 'uncertain' }));
  look = async () => true;
  await pass(5_000);
  expect([stateOf(1), sent]).toEqual(['sent', []]);
});

it('its owner is asked after five looks that found nothing', async () => {
  rows.push(row(1, 1, { state: 'uncertain' }));
  await pass(60_000);
  expect(rows[0].dueAt).toBeLessThan(NEVER);
  await pass(120_000);
  expect(rows[0]).toMatchObject({ state: 'uncertain', dueAt: NEVER, errorCode: 'EMAIL_DELIVERY_UNKNOWN' });
});

it('a look that failed is no look: the mail is looked for until the mailbox can be read', async () => {
  rows.push(row(1, 1, { state: 'uncertain' }));
  look = () => Promise.reject(new MailError('EMAIL_CONNECTION_LOST'));
  await pass(60 * 60_000);
  expect(rows[0]).toMatchObject({ state: 'uncertain', errorCode: null, attempts: 0 });
  look = async () => true;
  await pass(10 * 60_000);
  expect([stateOf(1), sent]).toEqual(['sent', []]);
});

it('a node whose clock is an hour ahead leaves alone what another one is sending', async () => {
  skewMs = -3_600_000;
  rows.push(row(1, 1, { state: 'transmitting', claimedUntil: clock.now() + skewMs + 120_000 }));
  await pass(60_000);
  expect(stateOf(1)).toBe('transmitting');
  await pass(120_000);
  expect(stateOf(1)).toBe('uncertain');
});

it('a node whose clock is an hour behind does not claim for the past', async () => {
  skewMs = 3_600_000;
  transport = () => new Promise(() => undefined);
  rows.push(row(1, 1));
  await pass(10_000);
  expect(stateOf(1)).toBe('transmitting');
});
