import type { FetchMessageObject } from 'imapflow';
import { remoteId } from '../../mail/ids';
import { spelled } from '../../mail/flags';
import { objectKey } from '../../mail/storable';
import type { FolderSlice, Look, RemoteState } from '../../ports/session';
import type { Choice, FolderFacts } from './choose-strategy';
import type { ImapClient } from './client';
import type { Mark } from './folder-cursor';

/** States in one slice: what is held in memory at a time. */
export const SLICE = 1_000;

/** As long as the column. */
const LONGEST_EMAIL_ID = 64;

/** What is asked of every message: enough to list it, nothing that a server has to parse. */
export const STATE_QUERY = { uid: true, flags: true, internalDate: true, size: true } as const;

/** One look at a folder, as its parts see it. */
export interface Observation {
  readonly client: ImapClient;
  readonly facts: FolderFacts;
  readonly choice: Choice;
  readonly look: Look;
  /** Messages in a slice. */
  readonly sliceSize: number;
  /** Null for a first look. */
  readonly mark: Mark | null;
}

export function stateOf(epoch: string, message: FetchMessageObject): RemoteState {
  return {
    id: remoteId(epoch, message.uid),
    flags: spelled(message.flags ?? new Set<string>()),
    receivedAt: dateOf(message.internalDate),
    sizeBytes: message.size ?? 0,
    emailId: message.emailId ? objectKey(String(message.emailId), LONGEST_EMAIL_ID) : null,
  };
}

/** INTERNALDATE is always there on a sound server; a missing one sorts last instead of looking new. */
function dateOf(value: Date | string | undefined): Date {
  const date = value instanceof Date ? value : new Date(value ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}

/** A slice that says nothing but what is given. */
export function slice(more: Partial<FolderSlice>): FolderSlice {
  return { states: [], complete: [], gone: [], missing: null, isThrough: false, cursor: null, settled: null, ...more };
}
