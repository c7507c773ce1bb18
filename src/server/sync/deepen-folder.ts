import { inThreadParser } from '../messages/parse-in-thread';
import { unreadableMessage } from '../messages/parse-message';
import type { MailParser } from '../ports/mail-parser';
import type { FolderRow } from '../ports/records';
import { ASKED_AHEAD, type MailboxSession, type Manner, type RemoteContent, type RemoteHead } from '../ports/session';
import type { MessageStore, ParsedMessage, ShallowPlacement } from '../ports/stores';
import { othersTurn } from './others-turn';
import { parsedInOrder } from './parsed-in-order';
import { storeAll, StoreBehind } from './store-behind';
import { Tries } from './tries';

/** With the account's back-off between them, tries that drop the line take ten minutes and more. */
export const MOST_ATTEMPTS = 10;
/** With many, with a few, alone, and alone without its structure: what all four do not bring waits for the next pass. */
const TRIES_A_PASS = 4;
/** Of a server that refuses one mail for the moment: so it is five hours until that is given up. */
const COUNTED_EVERY_MS = 30 * 60_000;
/** Together for the second time: a line that drops, or a process that dies, must not make hundreds of mails be read one by one. */
const A_FEW = 20;
/** So few are read at once with their bodies; more get their headers first, so that the list is complete soon. */
const FEW = 30;
/** Headers and small mails together. */
const MIXED = 1_000;
/** With a look: whoever changes something waits for it. */
const HEADS_OF_A_LOOK = 500;
/** Read in any case, if `batch` does not say otherwise: whoever asks for something all the time must not keep mail from being read. */
const LEAST = 25;
/** Sources that wait in the parser, of one folder. */
const MOST_PARSED_BYTES = 4 * 1024 * 1024;

export interface DeepenPorts {
  readonly session: MailboxSession;
  readonly store: MessageStore;
  /** By default in this thread. */
  readonly parser?: MailParser;
  /** Fires when the account is given up: nothing may be stored after that. */
  readonly signal?: AbortSignal;
  /** How often the body of a placement was asked for in this pass: a short trouble of the server must not use up all tries. */
  readonly tried?: Map<number, number>;
  /** When a mail that the server refuses to serve was counted as tried last, ms: for as long as the worker lives. */
  readonly refusals?: Map<number, number>;
  /** Messages stored in one transaction, and read in any case; by default what transactions like, and what a short wait allows. */
  readonly batch?: number;
  /** So many are read at once with their bodies. */
  readonly few?: number;
  /** So many headers are read on end; by default what a look waits for. */
  readonly heads?: number;
  /** Of more than a few, mails up to this size are read with their bodies all the same; by default none. */
  readonly smallBytes?: number;
  /** Called when texts have been stored that could not be indexed with it, while the next are read. */
  readonly index?: () => Promise<unknown>;
  /** Called when something has been stored that a browser should show. */
  readonly changed?: () => void;
  readonly now?: () => number;
  /** Gives others their turn between two mails; as often as the clock says, by default. */
  readonly pause?: () => Promise<void>;
  /** False when something else is due: then the rest waits for the next call. */
  readonly mayGoOn?: () => boolean;
}

/**
 * Reads the newest messages of a folder that lack something: headers first where there are many, then bodies.
 * @returns how many were tried; 0 means that nothing is left to do
 */
export async function deepenFolder(folder: FolderRow, limit: number, ports: DeepenPorts): Promise<number> {
  const { tried, few = FEW } = ports;
  const isDue = ({ placementId }: ShallowPlacement): boolean => (tried?.get(placementId) ?? 0) < TRIES_A_PASS;
  const headless = (await ports.store.shallow(folder, 'head', ports.heads ?? HEADS_OF_A_LOOK)).filter(isDue);
  const fresh = headless.filter(isFresh);
  if (fresh.length > few) return readMany(folder, fresh, ports);
  const wanted = headless.length > 0 ? headless.slice(0, limit) : await ports.store.shallow(folder, 'full', limit);
  return readBodies(folder, nextBatch(wanted.filter(isDue)), ports);
}

/** The list first. What is hardly more than its header is read whole at once, or it would be read, parsed and stored twice. */
async function readMany(folder: FolderRow, wanted: readonly ShallowPlacement[], ports: DeepenPorts): Promise<number> {
  const isSmall = ({ sizeBytes }: ShallowPlacement): boolean => sizeBytes > 0 && sizeBytes <= (ports.smallBytes ?? 0);
  // Where there are others, fewer at a time: over a slow line the newest small mails would wait for headers of thousands.
  const most = wanted.every(isSmall) ? wanted.length : MIXED;
  let count = 0;
  for (let at = 0; at < wanted.length; at += most) {
    if (at > 0 && (ports.signal?.aborted || ports.mayGoOn?.() === false)) break;
    count += await readMixed(folder, wanted.slice(at, at + most), isSmall, ports);
  }
  return count;
}

async function readMixed(
  folder: FolderRow,
  wanted: readonly ShallowPlacement[],
  isSmall: (one: ShallowPlacement) => boolean,
  ports: DeepenPorts,
): Promise<number> {
  const [whole, others] = [wanted.filter(isSmall), wanted.filter((one) => !isSmall(one))];
  if (others.length > 0) await readHeads(folder, others, ports);
  if (whole.length === 0 || ports.signal?.aborted) return others.length;
  // Some in any case: if every turn ended with the headers of others, the newest small mails would come last.
  const some = others.length > 0 && ports.mayGoOn?.() === false ? whole.slice(0, LEAST) : whole;
  return others.length + (await readBodies(folder, some, ports, 'small'));
}

async function readHeads(folder: FolderRow, wanted: readonly ShallowPlacement[], ports: DeepenPorts): Promise<number> {
  const open = byId(wanted);
  const behind = new StoreBehind(folder, 'head', ports);
  const parser = ports.parser ?? inThreadParser;
  const parse = (head: RemoteHead): Promise<ParsedMessage | null> => parser.head(head).catch(() => null);
  // Tries of a pass are those of bodies: headers do not kill.
  const tries = triesOf(folder, open, ASKED_AHEAD.heads, { ...ports, tried: undefined });
  await tries.during(() =>
    behind.during(open, () =>
      takeIn(ports.session.heads(folder.path, [...open.keys()]), { open, parse, behind, tries }, ports),
    ),
  );
  return wanted.length;
}

/**
 * Every try is counted before it is made: a message that kills the connection is tried among a few the second time, then alone, and after
 * some tries it is stored as unreadable. It stays visible and never blocks its folder.
 */
async function readBodies(
  folder: FolderRow,
  wanted: readonly ShallowPlacement[],
  ports: DeepenPorts,
  fresh: Manner = 'usual',
): Promise<number> {
  if (wanted.length === 0) return 0;
  const hopeless = wanted.filter(({ attempts }) => attempts >= MOST_ATTEMPTS);
  const given = hopeless.map((placement) => ({
    placement,
    message: unreadableMessage(placement.sizeBytes),
    isGivenUp: true,
  }));
  await storeAll(folder, given, 'full', ports.store);
  if (given.length > 0) ports.changed?.();
  const open = byId(wanted.filter((placement) => !hopeless.includes(placement)));
  // Alone twice, the second time without the structure: a line that dropped by chance must not cost a mail its files.
  const manner = wanted.some(({ attempts }) => attempts > 2) ? 'careful' : fresh;
  const behind = new StoreBehind(folder, 'full', ports);
  const parser = ports.parser ?? inThreadParser;
  const tries = triesOf(folder, open, ASKED_AHEAD[manner], ports);
  /** “Try again later” means hours, at a server that serves other mails meanwhile. */
  const excuse = async (id: number): Promise<void> => {
    const { refusals, tried, now = Date.now } = ports;
    tried?.set(id, TRIES_A_PASS);
    if (now() - (refusals?.get(id) ?? -Infinity) < COUNTED_EVERY_MS) await tries.excuse(id);
    else refusals?.set(id, now());
  };
  const parse = async (
    content: RemoteContent,
    { sizeBytes, placementId }: ShallowPlacement,
  ): Promise<ParsedMessage | null> => {
    if (content.kind === 'failed') {
      if (content.isRefused) await excuse(placementId);
      return null;
    }
    // Reading the same bytes again would fail again, so a mail that cannot be parsed is stored as such at once.
    return parser.content(content).catch(() => unreadableMessage(sizeBytes));
  };
  await tries.during(() =>
    behind.during(open, () =>
      takeIn(ports.session.contents(folder.path, [...open.keys()], manner), { open, parse, behind, tries }, ports),
    ),
  );
  return wanted.length;
}

const triesOf = (
  { accountId }: FolderRow,
  open: ReadonlyMap<string, ShallowPlacement>,
  askedAhead: number,
  ports: DeepenPorts,
): Tries => new Tries(accountId, open, askedAhead, ports.batch ?? LEAST, ports);

interface Taking<T> {
  readonly open: ReadonlyMap<string, ShallowPlacement>;
  /** Answers null where there is nothing to store. */
  readonly parse: (one: T, placement: ShallowPlacement) => Promise<ParsedMessage | null>;
  readonly behind: StoreBehind;
  readonly tries: Tries;
}

/** Parses what a session gives, several at a time where another thread does it, and has it stored in the order in which it came. */
async function takeIn<T extends RemoteHead | RemoteContent>(
  given: AsyncIterable<T>,
  { open, parse, behind, tries }: Taking<T>,
  { parser = inThreadParser, pause = othersTurn(), signal }: DeepenPorts,
): Promise<void> {
  const window = { most: () => parser.ahead, mostWeight: MOST_PARSED_BYTES, weightOf: bytesOf };
  const work = async (one: T): Promise<ParsedMessage | null> => {
    const placement = open.get(one.id);
    return placement ? parse(one, placement) : null;
  };
  for await (const [{ id }, message] of parsedInOrder(tries.counting(inTurns(given, pause)), work, window)) {
    if (signal?.aborted) return;
    // Not asked for, or stored meanwhile: a server may say a thing twice.
    const placement = open.get(id);
    if (!placement) continue;
    if (message) await behind.add({ placement, message, isGivenUp: false });
    if (!tries.goesOn(placement)) return;
  }
}

/** A parser in this thread takes most of a second for a mail that is made for it: it must not take that for fifty mails on end. */
async function* inTurns<T>(given: AsyncIterable<T>, pause: () => Promise<void>): AsyncGenerator<T> {
  for await (const one of given) {
    await pause();
    yield one;
  }
}

function bytesOf(one: RemoteHead | RemoteContent): number {
  if (!('kind' in one)) return one.header.length;
  if (one.kind === 'source') return one.source.length;
  return one.kind === 'parts' ? one.texts.reduce((sum, { length }) => sum + length, one.header.length) : 0;
}

const byId = (wanted: readonly ShallowPlacement[]): Map<ShallowPlacement['id'], ShallowPlacement> =>
  new Map(wanted.map((placement) => [placement.id, placement]));

/** Never tried. Earlier versions could take back a try that there had not been. */
const isFresh = ({ attempts }: ShallowPlacement): boolean => attempts <= 0;

/** Fresh ones together, then a few that failed once; one that failed twice only alone, so that it can spoil nothing but itself. */
function nextBatch(wanted: readonly ShallowPlacement[]): readonly ShallowPlacement[] {
  const fresh = wanted.filter(isFresh);
  if (fresh.length > 0) return fresh;
  const second = wanted.filter(({ attempts }) => attempts === 1);
  return second.length > 0 ? second.slice(0, A_FEW) : wanted.slice(0, 1);
}
