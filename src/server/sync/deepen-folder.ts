import type { ErrorKind } from '../../shared/error-codes';
import { MailError } from '../errors/mail-error';
import { parseContent, unreadableMessage } from '../messages/parse-message';
import type { FolderRow } from '../ports/records';
import type { ParsedMessage, ShallowPlacement } from '../ports/stores';
import type { ApplyPorts } from './apply-plan';

/** With the account's back-off between them, tries that drop the line take ten minutes and more. */
export const MOST_ATTEMPTS = 8;

export interface DeepenPorts extends ApplyPorts {
  /** Fires when the account is given up: nothing may be stored after that. */
  readonly signal?: AbortSignal;
}

/**
 * Fetches content for the newest placements that have none. Every try is counted before it is made: a message that
 * kills the connection is tried alone the second time, and after a few tries it is stored as unreadable. It stays
 * visible and never blocks its folder.
 * @returns how many were tried; 0 means that nothing is left to do
 */
export async function deepenFolder(
  folder: FolderRow,
  limit: number,
  { session, store, signal }: DeepenPorts,
): Promise<number> {
  const wanted = nextBatch(await store.shallow(folder, limit));
  if (wanted.length === 0) return 0;
  const hopeless = wanted.filter((placement) => placement.attempts >= MOST_ATTEMPTS);
  for (const placement of hopeless) await store.deepen(folder, placement, unreadableMessage(placement.sizeBytes));
  const open = new Map(
    wanted.filter((placement) => !hopeless.includes(placement)).map((placement) => [placement.id, placement]),
  );
  const careful = wanted.some((placement) => placement.attempts > 0);
  await store.countAttempts(
    [...open.values()].map((placement) => placement.placementId),
    1,
  );
  try {
    for await (const content of session.contents(folder.path, [...open.keys()], careful)) {
      const placement = open.get(content.id);
      if (signal?.aborted) return 0;
      if (!placement || content.kind === 'failed') continue;
      await keep(folder, placement, await readContent(content, placement), store);
      open.delete(content.id);
    }
  } catch (error) {
    // What a server answers about itself says nothing about the mails. A line that drops may: some mails kill servers.
    if (isServersAnswer(error))
      await store.countAttempts(
        [...open.values()].map((one) => one.placementId),
        -1,
      );
    throw error;
  }
  return wanted.length;
}

const SERVERS_ANSWER: readonly ErrorKind[] = ['transient', 'auth-required', 'configuration', 'permission'];

function isServersAnswer(error: unknown): boolean {
  return error instanceof MailError && error.code !== 'EMAIL_CONNECTION_LOST' && SERVERS_ANSWER.includes(error.kind);
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
): ReturnType<typeof parseContent> {
  return parseContent(content).catch(() => unreadableMessage(placement.sizeBytes));
}

/** A message that the database refuses is stored without its content; a second refusal is not the message's fault. */
async function keep(
  folder: FolderRow,
  placement: ShallowPlacement,
  message: ParsedMessage,
  store: ApplyPorts['store'],
): Promise<void> {
  try {
    await store.deepen(folder, placement, message);
  } catch (error) {
    if (error instanceof MailError && error.kind === 'gone') return;
    // Unlinked meanwhile, perhaps on another node: the whole pass ends.
    if (error instanceof MailError && error.kind === 'not-found') throw error;
    await store.deepen(folder, placement, unreadableMessage(placement.sizeBytes));
  }
}
