import type { AccountId } from '../../src/server/mail/ids';
import { LEASE_TTL_MS, LeaseKeeper, type Beat } from '../../src/server/runtime/lease-keeper';
import type { Tables } from '../../src/server/runtime/tables';
import { createTestApp, type TestApp } from '../support/app';
import { stopBeating, tablesOf } from '../support/second-node';

/** Nodes that share accounts by rows of a real database. What time it is there, the tests say. */
const BEAT_MS = 10_000;
/** What docs/spec/cluster.md promises. */
const TAKEN_OVER_MS = 60_000;
const START = 1_750_000_000_000;

let app: TestApp;
let tables: Tables;
let now: number;

beforeAll(async () => {
  app = await createTestApp();
  tables = tablesOf(app);
  // Nobody else beats.
  await stopBeating(app);
}, 120_000);

afterAll(async () => app?.destroy());

beforeEach(async () => {
  now = START;
  await tables.nodes.remove({});
  await tables.leases.remove({});
});

const node = (clock = (): number => now): LeaseKeeper => new LeaseKeeper(tables, async () => clock());
const some = (count: number): AccountId[] => Array.from({ length: count }, (_, at) => (7_001 + at) as AccountId);
const idsOf = ({ held }: Beat): AccountId[] => [...held.keys()].sort((one, other) => one - other);
const fencesOf = ({ held }: Beat): number[] => [...new Set(held.values())];

/** One beat after the other; answers what each of the nodes holds. */
async function beats(nodes: readonly LeaseKeeper[], accounts: readonly AccountId[]): Promise<Beat[]> {
  const all: Beat[] = [];
  for (const one of nodes) all.push(await one.beat(accounts));
  return all;
}

/** Each account is held by at most one of them, and under the fence and name that its row says. */
async function expectOneHolderEach(nodes: readonly LeaseKeeper[], held: readonly Beat[]): Promise<void> {
  const told = held.flatMap((beat, at) => [...beat.held].map(([id, fence]) => [id, fence, nodes[at].node] as const));
  expect(new Set(told.map(([id]) => id)).size).toBe(told.length);
  const rows = new Map((await tables.leases.find({})).map((row) => [row.accountId, row]));
  for (const [accountId, fence, owner] of told) expect(rows.get(accountId)).toMatchObject({ accountId, fence, owner });
}

/** Once, as soon as somebody has read leases that `matches` asks for: does `work` before the reader goes on. */
function onceRead(matches: (where: Record<string, unknown>) => boolean, work: () => Promise<unknown>): void {
  const find = tables.leases.find.bind(tables.leases);
  tables.leases.find = async (...args) => {
    const rows = await find(...args);
    if (!matches(args[0] as Record<string, unknown>)) return rows;
    tables.leases.find = find;
    await work();
    return rows;
  };
}
const looksForFree = (where: Record<string, unknown>): boolean => 'accountId' in where && 'until' in where;

it.each([
  [12, [6, 6], [4, 4, 4]],
  [7, [4, 3], [3, 3, 1]],
])('%d accounts are shared by two nodes as %j, and by three as %j', async (count, byTwo, byThree) => {
  const accounts = some(count);
  const [a, b, c] = [node(), node(), node()];
  expect(idsOf(await a.beat(accounts))).toEqual(accounts);
  // Nothing is free: it is the other one that has to give up what is too much.
  expect(idsOf(await b.beat(accounts))).toEqual([]);
  const two = await beats([a, b], accounts);
  expect(two.map(({ held }) => held.size)).toEqual(byTwo);
  expect(two.flatMap(idsOf).sort()).toEqual(accounts);
  expect(idsOf(await c.beat(accounts))).toEqual([]);
  const three = await beats([a, b, c], accounts);
  expect(three.map(({ held }) => held.size)).toEqual(byThree);
  expect(three.flatMap(idsOf).sort()).toEqual(accounts);
  await expectOneHolderEach([a, b, c], three);
  // What is shared evenly stays where it is.
  now += BEAT_MS;
  expect((await beats([a, b, c], accounts)).map(({ held }) => held)).toEqual(three.map(({ held }) => held));
});

it('a node that dies loses its accounts when its leases run out, and within 60 s another one holds them under a higher fence', async () => {
  const accounts = some(6);
  const [dying, other] = [node(), node()];
  await beats([dying, other, dying], accounts);
  const [lost, own] = await beats([dying, other], accounts);
  expect([lost.held.size, own.held.size]).toEqual([3, 3]);
  // The worst moment to die: the other one looks for the last time just before the leases run out.
  for (now += LEASE_TTL_MS % BEAT_MS || BEAT_MS, now -= 1; now < START + LEASE_TTL_MS; now += BEAT_MS)
    expect((await other.beat(accounts)).held).toEqual(own.held);
  expect(now - START).toBeLessThan(TAKEN_OVER_MS);
  const all = await other.beat(accounts);
  expect(idsOf(all)).toEqual(accounts);
  for (const [id, fence] of lost.held) expect(all.held.get(id)).toBe(fence + 1);
  for (const [id, fence] of own.held) expect(all.held.get(id)).toBe(fence);
});

it('a lease is nobody else’s until the moment it runs out, however few nodes are known', async () => {
  const accounts = some(4);
  await node().beat(accounts);
  await tables.nodes.remove({});
  now += LEASE_TTL_MS - 1;
  const other = node();
  expect(idsOf(await other.beat(accounts))).toEqual([]);
  now += 1;
  expect(idsOf(await other.beat(accounts))).toEqual(accounts);
});

it('a node that beats keeps its accounts, and one that is silent for long is forgotten', async () => {
  const accounts = some(3);
  const silent = node();
  await silent.beat([]);
  const keeper = node();
  await keeper.beat(accounts);
  for (let at = 0; at < 50; at += 1) {
    now += BEAT_MS;
    await keeper.beat(accounts);
  }
  const kept = await keeper.beat(accounts);
  // Two of three were its share while the other one was thought to be alive.
  expect([idsOf(kept), fencesOf(kept)]).toEqual([accounts, [1]]);
  expect((await tables.nodes.find({})).map(({ name }) => name)).toEqual([keeper.node]);
});

it('a node that stops hands everything over at once', async () => {
  const accounts = some(5);
  const [stopping, other] = [node(), node()];
  await beats([stopping, other], accounts);
  await stopping.release();
  const taken = await other.beat(accounts);
  expect([idsOf(taken), fencesOf(taken)]).toEqual([accounts, [2]]);
});

it('a node hands over and gives up nothing but its own', async () => {
  const accounts = some(4);
  const [a, b] = [node(), node()];
  await beats([a, b, a], accounts);
  const own = await b.beat(accounts);
  await a.giveUp(idsOf(own));
  await a.release();
  const { held } = await b.beat(accounts);
  for (const [id, fence] of own.held) expect([id, held.get(id)]).toEqual([id, fence]);
});

it('nodes that beat at the same moment never hold the same account', async () => {
  const accounts = some(60);
  const nodes = [node(), node(), node()];
  for (let round = 1; round <= 6; round += 1) {
    const held = await Promise.all(nodes.map((one) => one.beat(accounts)));
    await expectOneHolderEach(nodes, held);
    const more = await Promise.all(nodes.map((one) => one.beat(accounts)));
    await expectOneHolderEach(nodes, more);
    expect(more.flatMap(idsOf)).not.toEqual([]);
    // All of it is free again, and all of them want it.
    now += LEASE_TTL_MS;
  }
});

it('what somebody else took and handed back since it was seen to be free is not taken under the same fence', async () => {
  const accounts = some(1);
  const [quick, slow] = [node(), node()];
  const fences: number[][] = [];
  onceRead(looksForFree, async () => {
    fences.push(fencesOf(await quick.beat(accounts)));
    await quick.release();
  });
  fences.push(fencesOf(await slow.beat(accounts)), fencesOf(await slow.beat(accounts)));
  expect(fences).toEqual([[1], [], [2]]);
});

it('what its node renews at the last moment is not taken by who has just seen it run out', async () => {
  const accounts = some(3);
  let late = START;
  const [holder, other] = [node(() => late), node()];
  await holder.beat(accounts);
  now += LEASE_TTL_MS;
  onceRead(looksForFree, async () => {
    // It has asked for the time a little earlier.
    late = now - 1;
    await holder.beat(accounts);
  });
  const taken = await other.beat(accounts);
  const kept = await holder.beat(accounts);
  await expectOneHolderEach([holder, other], [kept, taken]);
  expect(kept.held.size).toBe(2);
});

it('a thousand accounts are taken a hundred a beat, each of which says whether there are more', async () => {
  const accounts = some(1_000);
  const only = node();
  const told: [number, boolean][] = [];
  for (let at = 1; at <= 10; at += 1) {
    const { held, hasMore } = await only.beat(accounts);
    told.push([held.size, hasMore]);
  }
  expect(told).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000].map((held) => [held, held < 1_000]));
  // All of them are renewed, not only the first statement's.
  now += BEAT_MS;
  await only.beat(accounts);
  expect(await tables.leases.count({ owner: only.node, until: now + LEASE_TTL_MS })).toBe(1_000);
}, 60_000);

it('a node that was too slow for the free ones says that there is more', async () => {
  const accounts = some(400);
  const [quick, slow] = [node(), node()];
  for (const one of [quick, slow]) await one.beat([]);
  onceRead(looksForFree, () => quick.beat(accounts));
  const { held, hasMore } = await slow.beat(accounts);
  expect([held.size, hasMore]).toEqual([0, true]);
});

it('a node that finds less than it may have does not say that there is more', async () => {
  const accounts = some(300);
  const [first, second] = [node(), node()];
  for (let at = 1; at <= 3; at += 1) await first.beat(accounts);
  const { held, hasMore } = await second.beat(accounts);
  expect([held.size, hasMore]).toEqual([0, false]);
});

it('a lease that was lost is worth nothing: who takes it again does so under a higher fence', async () => {
  const accounts = some(3);
  const [sleeper, other] = [node(), node()];
  expect(fencesOf(await sleeper.beat(accounts))).toEqual([1]);
  now += LEASE_TTL_MS;
  expect(fencesOf(await other.beat(accounts))).toEqual([2]);
  await other.release();
  expect(fencesOf(await sleeper.beat(accounts))).toEqual([3]);
  // Nobody had it in between, but somebody could have.
  now += LEASE_TTL_MS;
  const again = await sleeper.beat(accounts);
  expect([idsOf(again), fencesOf(again)]).toEqual([accounts, [4]]);
});

it('a request for an account is heard once, by the node that holds it', async () => {
  const accounts = some(4);
  const [a, b] = [node(), node()];
  await beats([a, b, a], accounts);
  const wanted = idsOf(await b.beat(accounts))[0];
  await a.request(wanted);
  await a.request(wanted);
  const heard = async (): Promise<AccountId[][]> =>
    (await beats([a, b, a, b], accounts)).map(({ requested }) => [...requested]);
  expect(await heard()).toEqual([[], [wanted], [], []]);
  await b.request(wanted);
  expect(await heard()).toEqual([[], [wanted], [], []]);
});

it('a request that comes while another one is heard is heard as well', async () => {
  const [wanted] = some(1);
  const only = node();
  await only.beat([wanted]);
  await only.request(wanted);
  onceRead(
    (where) => 'requestedAt' in where,
    async () => {
      now += 1;
      await only.request(wanted);
    },
  );
  const heard = await beats([only, only, only], [wanted]);
  expect(heard.map(({ requested }) => [...requested])).toEqual([[wanted], [wanted], []]);
});
