import type { WireThreadPage } from '../src/shared/wire';
import { createTestApp, type TestApp } from '../tests/support/app';
import { fillRows } from './fill-rows';
import { cpuSeconds, machine, publish, table, timesOf, type Times } from './report';

const ROWS = Number(process.env.EMAIL_BENCH_ROWS ?? 100_000);
const TURNS = Number(process.env.EMAIL_BENCH_TURNS ?? 40);

/** p95 in ms that a mailbox of a million messages must keep. */
const LIST_LIMIT = 50;
const SEARCH_LIMIT = 300;

/** A large mailbox is listed and searched. */
export async function run(): Promise<void> {
  const app = await createTestApp();
  try {
    await measureList(app);
  } finally {
    await app.destroy();
  }
}

async function measureList(app: TestApp): Promise<void> {
  const user = await app.user('bench');
  // The index is made on first use.
  await user.post('/api/emailThreads:search', { query: 'anything' });
  const filling = performance.now();
  const { inbox } = await fillRows(app.app, user.id, ROWS);
  const fillSeconds = Math.round((performance.now() - filling) / 1_000);
  const list = async (before?: string): Promise<WireThreadPage> =>
    (await user.get(`/api/emailThreads:list?folderId=${inbox}${before ? `&before=${before}` : ''}`)).body.data;
  const search = async (query: string): Promise<WireThreadPage> => {
    const answer = await user.post('/api/emailThreads:search', { query });
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.body.data as WireThreadPage;
  };
  let deep: string | undefined;
  for (let page = 0; page < 20; page += 1) deep = (await list(deep)).nextBefore ?? undefined;
  const asks: readonly (readonly [string, number, (turn: number) => Promise<unknown>])[] = [
    ['the host alone (`auth:check`)', Infinity, () => user.get('/api/auth:check').then()],
    ['first page of the inbox', LIST_LIMIT, () => list()],
    ['page 21 of the inbox', LIST_LIMIT, () => list(deep)],
    ['folders with unread counts', LIST_LIMIT, () => user.get('/api/emailFolders:list').then()],
    ['search: a rare word', SEARCH_LIMIT, (turn) => search(`"w${19_000 + turn}"`)],
    ['search: a word of every other mail', SEARCH_LIMIT, (turn) => search(`"w${turn % 3}"`)],
    ['search: the beginning of a word', SEARCH_LIMIT, (turn) => search(`w19${turn % 10}`)],
    ['search: two words', SEARCH_LIMIT, (turn) => search(`"w${100 + turn}" "w${3_000 + turn}"`)],
    ['search: a phrase that is nowhere', SEARCH_LIMIT, (turn) => search(`"w${100 + turn} w${200 + turn}"`)],
    ['search: from: a person', SEARCH_LIMIT, (turn) => search(`from:"sender ${turn}"`)],
    ['search: a word, unread, in the inbox', SEARCH_LIMIT, (turn) => search(`"w${500 + turn}" is:unread in:inbox`)],
    ['search: what does not occur', SEARCH_LIMIT, (turn) => search(`nothing${turn}`)],
  ];
  const durations = new Map(asks.map(([name]) => [name, [] as number[]]));
  const cpu = cpuSeconds();
  // In turns, so that a noisy moment meets all of them.
  for (let turn = -2; turn < TURNS; turn += 1)
    for (const [name, , ask] of asks) {
      const started = performance.now();
      await ask(Math.max(0, turn));
      if (turn >= 0) durations.get(name)?.push(performance.now() - started);
    }
  const rows = asks.map(([name, limit]) => ({ name, limit, times: timesOf(durations.get(name) ?? []) }));
  publish('list', page(rows, { fillSeconds, cpu: cpuSeconds() - cpu }));
  const missed = rows.filter(({ limit, times }) => times.p95 > limit).map(({ name }) => name);
  if (missed.length > 0) process.stdout.write(`\nabove the limit: ${missed.join('; ')}\n`);
}

function page(
  rows: readonly { name: string; limit: number; times: Times }[],
  { fillSeconds, cpu }: { fillSeconds: number; cpu: number },
): string {
  const ms = (value: number): string => (Number.isFinite(value) ? value.toFixed(value < 10 ? 1 : 0) : '–');
  const lines = rows.map(({ name, limit, times }) => [name, ms(times.p50), ms(times.p95), ms(limit)]);
  return `# Listing and searching a large mailbox

\`npm run bench -- list --rows ${ROWS}\`: ${ROWS.toLocaleString('en-US')} messages of one user in PostgreSQL, asked through the API, ${TURNS} times each, in turns. Times in ms, with what the
host itself does for a request (first line).

${table(['what', 'p50', 'p95', 'limit (p95)'], lines)}

${machine()}. Filling took ${fillSeconds} s; this process used ${cpu.toFixed(1)} CPU seconds for the questions.`;
}
