import type { ErrorKind } from '../../shared/error-codes';
import { MailError } from '../errors/mail-error';
import { parseContent, parseHead, unreadableMessage } from '../messages/parse-message';
import type { FolderRow } from '../ports/records';
import type { MailboxSession } from '../ports/session';
import type { MessageStore, ParsedMessage, ShallowPlacement } from '../ports/stores';
import { othersTurn } from './others-turn';
import { storeAll, StoreBehind } from './store-behind';

/** With the account's back-off between them, tries that drop the line take ten minutes and more. */
export const MOST_ATTEMPTS = 10;
/** With many, with a few, alone, and alone without its structure: what all four do not bring waits for the next pass. */
const TRIES_A_PASS = 4;
/** Together for the second time: a line that drops, or a process that dies, must not make hundreds of mails be read one by one. */
const A_FEW = 20;
/** So few are read at once with their bodies; more get their headers first, so that the list is complete soon. */
const FEW = 30;
const HEADS = 500;
/** Read in any case, if `batch` does not say otherwise: whoever asks for something all the time must not keep mail from being read. */
const LEAST = 25;

export interface DeepenPorts {
  readonly session: MailboxSession;
  readonly store: MessageStore;
  /** Fires when the account is given up: nothing may be stored after that. */
  readonly signal?: AbortSignal;
  /** How often the body of a placement was asked for in this pass: a short trouble of the server must not use up all tries. */
  readonly tried?: Map<number, number>;
  /** Messages stored in one transaction, and read in any case; by default what transactions like, and what a short wait allows. */
  readonly batch?: number;
  /** So many are read at once with their bodies. */
  readonly few?: number;
  /** Called when something has been stored that a browser should show. */
  readonly changed?: () => void;
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
  const headless = (await ports.store.shallow(folder, 'head', HEADS)).filter(isDue);
  const fresh = headless.filter(({ attempts }) => attempts === 0);
  if (fresh.length > few) return readHeads(folder, fresh, ports);
  const wanted = headless.length > 0 ? headless.slice(0, limit) : await ports.store.shallow(folder, 'full', limit);
  return readBodies(folder, nextBatch(wanted.filter(isDue)), ports);
}

async function readHeads(folder: FolderRow, wanted: readonly ShallowPlacement[], ports: DeepenPorts): Promise<number> {
  const open = byId(wanted);
  const behind = new StoreBehind(folder, 'head', ports);
  const pause = ports.pause ?? othersTurn();
  // Tries of a pass are those of bodies: headers do not kill.
  await counted(folder, open, { ...ports, tried: undefined }, (goesOn) =>
    behind.during(open, async () => {
      for await (const head of ports.session.heads(folder.path, [...open.keys()])) {
        const placement = open.get(head.id);
        if (!placement) continue;
        await pause();
        const message = await parseHead(head).catch(() => null);
        if (ports.signal?.aborted) return;
        if (message) await behind.add({ placement, message, isGivenUp: false });
        if (!goesOn(placement)) return;
      }
    }),
  );
  return wanted.length;
}

/**
 * Every try is counted before it is made: a message that kills the connection is tried among a few the second time, then alone, and after
 * some tries it is stored as unreadable. It stays visible and never blocks its folder.
 */
async function readBodies(folder: FolderRow, wanted: readonly ShallowPlacement[], ports: DeepenPorts): Promise<number> {
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
  const careful = wanted.some(({ attempts }) => attempts > 2);
  const behind = new StoreBehind(folder, 'full', ports);
  const pause = ports.pause ?? othersTurn();
  await counted(folder, open, ports, (goesOn) =>
    behind.during(open, async () => {
      for await (const content of ports.session.contents(folder.path, [...open.keys()], careful)) {
        const placement = open.get(content.id);
        if (ports.signal?.aborted) return;
        if (!placement) continue;
        if (content.kind !== 'failed') {
          // A parser takes most of a second for a mail that is made for it: it must not take that for fifty mails on end.
          await pause();
          await behind.add({ placement, message: await readContent(content, placement), isGivenUp: false });
        }
        if (!goesOn(placement)) return;
      }
    }),
  );
  return wanted.length;
}

const byId = (wanted: readonly ShallowPlacement[]): Map<ShallowPlacement['id'], ShallowPlacement> =>
  new Map(wanted.map((placement) => [placement.id, placement]));

/**
 * Counts a try for what is open, and takes it back where there was none: when the server itself was at fault, and for what was not come to.
 * @param work is given what to ask after each message: whether to go on to the next
 */
async function counted(
  { accountId }: FolderRow,
  open: ReadonlyMap<string, ShallowPlacement>,
  { store, mayGoOn, tried, batch }: DeepenPorts,
  work: (goesOn: (after: ShallowPlacement) => boolean) => Promise<void>,
): Promise<void> {
  const ahead = new Map(open);
  const idsOf = (some: ReadonlyMap<string, ShallowPlacement>): number[] =>
    [...some.values()].map(({ placementId }) => placementId);
  const least = ahead.size - (batch ?? LEAST);
  let isStopped = false;
  const takeBack = async (ids: readonly number[]): Promise<void> => {
    for (const id of ids) tried?.set(id, (tried.get(id) ?? 1) - 1);
    await store.countAttempts(accountId, ids, -1);
  };
  for (const id of idsOf(open)) tried?.set(id, (tried.get(id) ?? 0) + 1);
  await store.countAttempts(accountId, idsOf(open), 1);
  try {
    await work((after) => {
      ahead.delete(after.id);
      isStopped = ahead.size <= least && mayGoOn?.() === false;
      return !isStopped;
    });
  } catch (error) {
    // What a server answers about itself says nothing about the mails. A line that drops may: some mails kill servers.
    if (isServersAnswer(error)) await takeBack(idsOf(open));
    throw error;
  }
  if (isStopped) await takeBack(idsOf(ahead));
}

const SERVERS_ANSWER: readonly ErrorKind[] = ['transient', 'auth-required', 'configuration', 'permission'];

function isServersAnswer(error: unknown): boolean {
  if (!(error instanceof MailError) || error.code === 'EMAIL_CONNECTION_LOST') return false;
  return error.code === 'EMAIL_FOLDER_BUSY' || SERVERS_ANSWER.includes(error.kind);
}

/** Fresh ones together, then a few that failed once; one that failed twice only alone, so that it can spoil nothing but itself. */
function nextBatch(wanted: readonly ShallowPlacement[]): readonly ShallowPlacement[] {
  const fresh = wanted.filter(({ attempts }) => attempts === 0);
  if (fresh.length > 0) return fresh;
  const second = wanted.filter(({ attempts }) => attempts === 1);
  return second.length > 0 ? second.slice(0, A_FEW) : wanted.slice(0, 1);
}

/** Reading the same bytes again would fail again, so a mail that cannot be parsed is stored as such at once. */
async function readContent(
  content: Parameters<typeof parseContent>[0],
  placement: ShallowPlacement,
): Promise<ParsedMessage> {
  return parseContent(content).catch(() => unreadableMessage(placement.sizeBytes));
}
