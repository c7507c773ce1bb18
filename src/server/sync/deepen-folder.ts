import { setImmediate as othersTurn } from 'node:timers/promises';
import type { ErrorKind } from '../../shared/error-codes';
import { MailError } from '../errors/mail-error';
import { parseContent, parseHead, unreadableMessage } from '../messages/parse-message';
import type { FolderRow } from '../ports/records';
import type { MailboxSession } from '../ports/session';
import type { Depth, MessageStore, ParsedMessage, ReadContent, ShallowPlacement } from '../ports/stores';

/** With the account's back-off between them, tries that drop the line take ten minutes and more. */
export const MOST_ATTEMPTS = 8;
/** With others, alone, and alone without its structure: what all three do not bring waits for the next pass. */
const TRIES_A_PASS = 3;
/** So few are read at once with their bodies; more get their headers first, so that the list is complete soon. */
const FEW = 30;
const HEADS = 250;
/** Stored in one transaction. */
const BATCH = 50;

export interface DeepenPorts {
  readonly session: MailboxSession;
  readonly store: MessageStore;
  /** Fires when the account is given up: nothing may be stored after that. */
  readonly signal?: AbortSignal;
  /** How often the body of a placement was asked for in this pass: a short trouble of the server must not use up all tries. */
  readonly tried?: Map<number, number>;
}

/**
 * Reads the newest messages of a folder that lack something: headers first where there are many, then bodies.
 * @returns how many were tried; 0 means that nothing is left to do
 */
export async function deepenFolder(folder: FolderRow, limit: number, ports: DeepenPorts): Promise<number> {
  const { tried } = ports;
  const isDue = ({ placementId }: ShallowPlacement): boolean => (tried?.get(placementId) ?? 0) < TRIES_A_PASS;
  const headless = (await ports.store.shallow(folder, 'head', HEADS)).filter(isDue);
  const fresh = headless.filter(({ attempts }) => attempts === 0);
  if (fresh.length > FEW) return readHeads(folder, fresh, ports);
  const wanted = headless.length > 0 ? headless.slice(0, limit) : await ports.store.shallow(folder, 'full', limit);
  return readBodies(folder, nextBatch(wanted.filter(isDue)), ports);
}

async function readHeads(folder: FolderRow, wanted: readonly ShallowPlacement[], ports: DeepenPorts): Promise<number> {
  const open = byId(wanted);
  await counted(folder, open, ports, async () => {
    const read: ReadContent[] = [];
    for await (const head of ports.session.heads(folder.path, [...open.keys()])) {
      const placement = open.get(head.id);
      if (!placement) continue;
      await othersTurn();
      const message = await parseHead(head).catch(() => null);
      if (message) read.push({ placement, message, isGivenUp: false });
    }
    if (ports.signal?.aborted) return;
    await storeAll(folder, read, 'head', ports);
    for (const { placement } of read) open.delete(placement.id);
  });
  return wanted.length;
}

/**
 * Every try is counted before it is made: a message that kills the connection is tried alone the second time, and after some tries
 * it is stored as unreadable. It stays visible and never blocks its folder.
 */
async function readBodies(folder: FolderRow, wanted: readonly ShallowPlacement[], ports: DeepenPorts): Promise<number> {
  if (wanted.length === 0) return 0;
  const hopeless = wanted.filter(({ attempts }) => attempts >= MOST_ATTEMPTS);
  const given = hopeless.map((placement) => ({
    placement,
    message: unreadableMessage(placement.sizeBytes),
    isGivenUp: true,
  }));
  await storeAll(folder, given, 'full', ports);
  const open = byId(wanted.filter((placement) => !hopeless.includes(placement)));
  // The second try is alone, the third also without the structure: a line that dropped by chance must not cost a mail its files.
  const careful = wanted.some(({ attempts }) => attempts > 1);
  const { tried } = ports;
  for (const { placementId } of open.values()) tried?.set(placementId, (tried.get(placementId) ?? 0) + 1);
  await counted(folder, open, ports, async () => {
    let read: ReadContent[] = [];
    const flush = async (): Promise<void> => {
      await storeAll(folder, read, 'full', ports);
      for (const { placement } of read) open.delete(placement.id);
      read = [];
    };
    for await (const content of ports.session.contents(folder.path, [...open.keys()], careful)) {
      const placement = open.get(content.id);
      if (ports.signal?.aborted) return;
      if (!placement || content.kind === 'failed') continue;
      // A parser takes up to a third of a second for a mail that is made for it: it must not take that for fifty mails on end.
      await othersTurn();
      read.push({ placement, message: await readContent(content, placement), isGivenUp: false });
      if (read.length >= BATCH) await flush();
    }
    await flush();
  });
  return wanted.length;
}

const byId = (wanted: readonly ShallowPlacement[]): Map<ShallowPlacement['id'], ShallowPlacement> =>
  new Map(wanted.map((placement) => [placement.id, placement]));

/** Counts a try for what is open, and takes it back when the server itself was at fault. */
async function counted(
  { accountId }: FolderRow,
  open: ReadonlyMap<string, ShallowPlacement>,
  { store }: DeepenPorts,
  work: () => Promise<void>,
): Promise<void> {
  const ids = (): number[] => [...open.values()].map(({ placementId }) => placementId);
  await store.countAttempts(accountId, ids(), 1);
  try {
    await work();
  } catch (error) {
    // What a server answers about itself says nothing about the mails. A line that drops may: some mails kill servers.
    if (isServersAnswer(error)) await store.countAttempts(accountId, ids(), -1);
    throw error;
  }
}

const SERVERS_ANSWER: readonly ErrorKind[] = ['transient', 'auth-required', 'configuration', 'permission'];

function isServersAnswer(error: unknown): boolean {
  if (!(error instanceof MailError) || error.code === 'EMAIL_CONNECTION_LOST') return false;
  return error.code === 'EMAIL_FOLDER_BUSY' || SERVERS_ANSWER.includes(error.kind);
}

/** Fresh ones together; one that failed before only alone, so that it can spoil nothing but itself. */
function nextBatch(wanted: readonly ShallowPlacement[]): readonly ShallowPlacement[] {
  const fresh = wanted.filter((placement) => placement.attempts === 0);
  return fresh.length > 0 ? fresh : wanted.slice(0, 1);
}

/** Reading the same bytes again would fail again, so a mail that cannot be parsed is stored as such at once. */
async function readContent(
  content: Parameters<typeof parseContent>[0],
  placement: ShallowPlacement,
): Promise<ParsedMessage> {
  return parseContent(content).catch(() => unreadableMessage(placement.sizeBytes));
}

/** A message that the database refuses is found by storing each alone, and stored without its content. */
async function storeAll(
  folder: FolderRow,
  read: readonly ReadContent[],
  depth: Depth,
  { store }: DeepenPorts,
): Promise<void> {
  if (read.length === 0) return;
  try {
    await store.store(folder, read, depth);
  } catch (error) {
    if (!(error instanceof MailError) || error.code !== 'EMAIL_MESSAGE_UNREADABLE') throw error;
    for (const one of read) await storeAlone(folder, one, depth, store);
  }
}

async function storeAlone(folder: FolderRow, one: ReadContent, depth: Depth, store: MessageStore): Promise<void> {
  try {
    await store.store(folder, [one], depth);
  } catch (error) {
    if (!(error instanceof MailError) || error.code !== 'EMAIL_MESSAGE_UNREADABLE') throw error;
    await store.store(folder, [{ ...one, message: unreadableMessage(one.placement.sizeBytes) }], 'full');
  }
}
