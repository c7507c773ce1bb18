import imapflow from 'imapflow/package.json';
import type { Floor } from './floor';
import type { Milestones } from './milestones';
import type { Mirrors } from './mirror-programs';
import type { Shares } from './profile';
import type { RawFetches } from './raw-imap';
import { machine, middleOf, table, versionOf, type Measured } from './report';

/** One synchronisation of ours, from the click. */
export interface Copying {
  readonly steps: Milestones;
  readonly newest: Measured;
  readonly listed: Measured;
  readonly searchable: Measured;
}

/** What was measured through one way into the mailbox, in turns. */
export interface Door {
  readonly name: string;
  readonly raw: readonly RawFetches[];
  readonly ours: readonly Copying[];
}

/** What nobody who stores the same on this platform can do without. */
export interface SyncFloor extends Floor {
  readonly page: Measured;
}

export interface SyncRun {
  /** In the mailbox, and of which the list shows the first page. */
  readonly messages: number;
  readonly newest: number;
  /** Of all mails together. */
  readonly bytes: number;
  readonly doors: readonly Door[];
  /** One for each round; none where no others were asked for. */
  readonly mirrors: readonly Mirrors[];
  readonly floor: SyncFloor;
  readonly shares: Shares;
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(2);
const msOf = ({ ms }: Measured): number => ms;
const middle = (runs: readonly Measured[]): number => middleOf(runs, msOf).ms;

/** A thing that was measured some times: the middle, the quickest and the slowest. */
function line(name: string, runs: readonly Measured[], ratio = ''): string[] {
  const { ms, cpuSeconds, peakMb } = middleOf(runs, msOf);
  const all = runs.map(msOf);
  const span = runs.length > 1 ? `${seconds(Math.min(...all))}–${seconds(Math.max(...all))}` : '';
  return [name, seconds(ms), span, cpuSeconds.toFixed(1), peakMb.toFixed(0), ratio];
}

const sum = (name: string, ms: number, ratio: string): string[] => [name, seconds(ms), '', '', '', ratio];

const mirrorRuns = (mirrors: readonly Mirrors[], name: string): Measured[] =>
  mirrors.flatMap((one) => one.get(name) ?? []);

/** Against mbsync's middle, and its quickest: it waits for the disk more often in one run than in the next. */
function toMbsync(ms: number, mbsync: readonly Measured[]): string {
  if (mbsync.length === 0) return '';
  const quickest = Math.min(...mbsync.map(msOf));
  return `${(ms / middle(mbsync)).toFixed(1)} × mbsync (${(ms / quickest).toFixed(1)} × its quickest)`;
}

function linesOfDoor({ name, raw, ours }: Door, newest: number, mbsync: readonly Measured[]): string[][] {
  const bare = (what: keyof RawFetches): Measured[] => raw.map((one) => one[what]);
  const mine = (what: 'newest' | 'listed' | 'searchable'): Measured[] => ours.map((one) => one[what]);
  const times = (what: 'newest' | 'listed', bareMs: number): string =>
    `${(middle(mine(what)) / bareMs).toFixed(1)} × the ${what === 'listed' ? 'cheapest ' : ''}bare fetch`;
  return [
    line(`${name}: imapflow alone, newest ${newest}`, bare('newest')),
    line(`${name}: the same after the folders, headers after states`, bare('newestInOrder')),
    line(`${name}: imapflow alone, all states and header fields`, bare('listed')),
    line(`${name}: imapflow alone, all mails whole, with the same`, bare('sources')),
    line(`${name}: newest ${newest} listed`, mine('newest'), times('newest', middle(bare('newest')))),
    line(`${name}: all listed`, mine('listed'), times('listed', cheapestOf(raw))),
    line(`${name}: all searchable`, mine('searchable'), toMbsync(middle(mine('searchable')), mbsync)),
  ];
}

/** Every mail's state and header fields, with whatever is quickest: of small mails the header fields cost the server more than the whole. */
const cheapestOf = (raw: readonly RawFetches[]): number =>
  Math.min(middle(raw.map(({ listed }) => listed)), middle(raw.map(({ sources }) => sources)));

/** What nobody can be quicker than who does one after the other on this platform, through the last way into the mailbox; ms. */
function boundsOf({ doors, floor }: SyncRun): Record<'first' | 'inOrder' | 'list' | 'all', number> {
  const { raw, ours } = doors[doors.length - 1];
  const bare = (what: keyof RawFetches): number => middle(raw.map((one) => one[what]));
  const { heads, newestHeads, parsed, words, listed, newestListed, stored, page } = floor;
  const written = newestHeads.ms + newestListed.ms + page.ms;
  return {
    first: bare('newest') + written,
    inOrder: leaseMsOf(ours) + bare('newestInOrder') + written,
    list: cheapestOf(raw) + heads.ms + listed.ms,
    all: bare('sources') + parsed.ms + words.ms + stored.ms,
  };
}

/** What was wanted of each ratio, what came of it, and what the bound leaves. */
function linesOfTargets(run: SyncRun, mbsync: readonly Measured[]): string[][] {
  const { first, list, all } = boundsOf(run);
  const { raw } = run.doors[run.doors.length - 1];
  const [bareNewest, bareList] = [middle(raw.map(({ newest }) => newest)), cheapestOf(raw)];
  const line = (what: string, wanted: number, ratios: readonly number[], bound: number): string[] => [
    what,
    wanted.toFixed(1),
    ratios.map((ratio) => ratio.toFixed(1)).join(' and '),
    bound.toFixed(1),
    Math.max(...ratios) <= wanted ? 'reached' : bound > wanted ? 'missed; the bound is above it' : 'missed',
  ];
  const ratios = (what: 'newest' | 'listed' | 'searchable', of: (door: Door) => number): number[] =>
    run.doors.map((door) => middle(door.ours.map((one) => one[what])) / of(door));
  const newest = ratios('newest', (door) => middle(door.raw.map((one) => one.newest)));
  const lines = [
    line(`newest ${run.newest} visible, to the bare fetch`, 1.5, newest, first / bareNewest),
    line(
      'all listed, to the cheapest bare fetch',
      1.3,
      ratios('listed', (door) => cheapestOf(door.raw)),
      list / bareList,
    ),
  ];
  if (mbsync.length === 0) return lines;
  const peer = middle(mbsync);
  return [
    ...lines,
    line(
      'all searchable, to mbsync',
      1,
      ratios('searchable', () => peer),
      all / peer,
    ),
  ];
}

function linesOfFloor(run: SyncRun, mbsync: readonly Measured[]): string[][] {
  const { newest, floor } = run;
  const { raw } = run.doors[run.doors.length - 1];
  const bare = (what: keyof RawFetches): number => middle(raw.map((one) => one[what]));
  const { heads, parsed, words, listed, stored, page } = floor;
  const { first, inOrder, list, all } = boundsOf(run);
  const toBare = (ms: number, bareMs: number, which = ''): string =>
    `${(ms / bareMs).toFixed(1)} × the ${which}bare fetch`;
  const oneByOne = 'one after the other';
  return [
    line('bound: every header parsed once, by the library alone', [heads]),
    line('bound: the rows of the list with their indexes written once, by the driver alone', [listed]),
    line('bound: every mail parsed once, by the library alone', [parsed]),
    line('bound: words for the index taken once', [words]),
    line('bound: the rows of everything, with texts, indexes and words, written once, by the driver alone', [stored]),
    line('bound: one page of the list, asked of an application that does nothing else', [page]),
    sum(
      `bound: the newest ${newest} (fetch, headers, rows, one page), ${oneByOne}`,
      first,
      toBare(first, bare('newest')),
    ),
    sum(
      `bound: the same with request and lease, after the folders, headers after states`,
      inOrder,
      toBare(inOrder, bare('newest')),
    ),
    sum(`bound: the list (fetch, headers, rows), ${oneByOne}`, list, toBare(list, cheapestOf(raw), 'cheapest ')),
    sum(`bound: everything, ${oneByOne}`, all, toMbsync(all, mbsync)),
  ];
}

/** The first step, which is over before anybody speaks to the server. */
const leaseMsOf = (ours: readonly Copying[]): number => middleRun(ours).steps[0]?.[1] ?? 0;
const middleRun = (ours: readonly Copying[]): Copying => middleOf(ours, ({ newest }) => newest.ms);

function linesOfSteps({ steps, newest }: Copying): string[][] {
  return [...steps, ['seen through the API', newest.ms] as const].map(([step, ms]) => [step, ms.toFixed(0)]);
}

function linesOfShares(shares: Shares): string[][] {
  const all = shares.reduce((whole, [, ms]) => whole + ms, 0);
  return shares.map(([part, ms]) => [part, seconds(ms), `${((100 * ms) / all).toFixed(0)} %`]);
}

/** Programs in the order of the table, those that are not installed here by name. */
function versions(names: readonly string[]): string {
  const others = ['dovecot', ...names].map((name) => {
    const version = versionOf(name);
    return version === null ? `${name} not installed here, so left out` : `${name} ${version.replace(name, '').trim()}`;
  });
  return [`imapflow ${imapflow.version}`, ...others].join(', ');
}

/** The page for docs/benchmarks. */
export function syncPage(run: SyncRun): string {
  const { messages, newest, doors, mirrors, shares } = run;
  const kilobytes = (run.bytes / messages / 1_000).toFixed(1);
  const mbsync = mirrorRuns(mirrors, 'mbsync');
  const names = [...(mirrors[0]?.keys() ?? [])];
  const rows = [
    ...names.flatMap((name) => {
      const runs = mirrorRuns(mirrors, name);
      return runs.length > 0 ? [line(`${name}, everything`, runs)] : [];
    }),
    ...doors.flatMap((door) => linesOfDoor(door, newest, mbsync)),
    ...linesOfFloor(run, mbsync),
  ];
  const last = doors[doors.length - 1];
  const bareMs = middle(last.raw.map((one) => one.newest)).toFixed(0);
  return `# Synchronising a mailbox

\`npm run bench -- sync --messages ${messages}${mirrors.length > 0 ? ' --peers' : ''}\`: ${messages.toLocaleString('en-US')} mails of ${kilobytes} KB on average in one inbox of Dovecot over TLS, copied into SQLite; seen through the API by whoever asks when the socket tells of a change, from the click on *Start synchronising*, so with connecting and storing, by a process that has done it once before. Others are measured in the same run, in turns with ours, and everything ${doors[0].ours.length} times: the middle, and from the quickest to the slowest. Seconds; CPU seconds (ours: the whole application with API and database, without Dovecot); peak memory in MB: of ours, of imapflow and of the bounds it is what their common process has needed at most by then, so it only rises.

${table(['what', 's', 'from–to', 'CPU s', 'MB', 'ratio of the middles'], rows)}

What was wanted (ratios of the middles, through each way into the mailbox), and the bound of whoever does one after the other on this platform:

${table(['what', 'wanted', 'measured', 'bound', 'so'], linesOfTargets(run, mbsync))}

How the newest ${newest} come through Dovecot with all extensions, ms after the click (beside: imapflow alone connects, opens the inbox and fetches in ${bareMs} ms):

${table(['step', 'ms'], linesOfSteps(middleRun(last.ours)))}

Where the main thread was, sampled while the mailbox was synchronised once more through Dovecot with all extensions:

${table(['part', 's', 'share'], linesOfShares(shares))}

${machine()}; ${versions(names)}.`;
}
