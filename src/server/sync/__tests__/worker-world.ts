import type { ErrorCode } from '../../../shared/error-codes';
import type { Connections } from '../../accounts/connections';
import { isPausedByServer } from '../../accounts/server-pause';
import { Turns } from '../../accounts/turns';
import { MailError } from '../../errors/mail-error';
import type { FlagChange } from '../../mail/flags';
import type { ProviderSettings } from '../../ports/provider';
import type { AccountRow, FolderRow } from '../../ports/records';
import type { Clock } from '../../ports/runtime';
import { HeldClock } from '../../ports/__tests__/held-clock';
import type { FolderLook, MailboxSession } from '../../ports/session';
import type { AccountCondition, MessageStore } from '../../ports/stores';
import { AccountWorker } from '../account-worker';
import type { WorkerPorts } from '../worker-ports';

/** A worker among fakes: one account with an empty inbox, a clock that the test moves, a list of what was asked. */
export interface World {
  readonly worker: AccountWorker;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
  readonly calls: string[];
  readonly intents: { id: string; change: FlagChange }[];
  readonly misconfigured: string[];
  /** States of the account when its owner was to be told. */
  readonly told: string[];
  /** Events in the sync log. */
  readonly log: string[];
  readonly clock: Clock;
  account(): AccountRow;
  opened(): number;
  advance(ms: number): Promise<void>;
  breakIdle(code?: ErrorCode): void;
  /** The administrator saves other settings. */
  save(settings: Partial<ProviderSettings>): void;
  /** Somebody who reads a file has heard that the server wants to be left alone until then. */
  pause(until: number): void;
  /** Another node takes the account. */
  loseLease(): void;
}

const STANDING = { receivedAt: 1, sizeBytes: 1 };

/** What a call on a line that drops comes to. */
export const lost = async (): Promise<never> => {
  throw new MailError('EMAIL_CONNECTION_LOST');
};

export const INBOX = {
  id: 1,
  path: 'INBOX',
  role: 'inbox',
  isSelectable: true,
  cursor: null,
  epoch: '1',
  scannedAt: 1,
  totalCount: 0,
} as FolderRow;

type Open = (session: MailboxSession, nth: number) => Promise<MailboxSession>;

export function startWorld(
  open: Open = (session) => Promise.resolve(session),
  more: Partial<MessageStore> = {},
  others: Partial<WorkerPorts> = {},
  before: Partial<AccountRow> = {},
): World {
  const calls: string[] = [];
  const intents: World['intents'] = [];
  const misconfigured: string[] = [];
  const told: string[] = [];
  const log: string[] = [];
  const clock = new HeldClock();
  const stop = new AbortController();
  let breakIdle: World['breakIdle'] = () => undefined;
  let account = {
    id: 1,
    userId: 1,
    provider: 'p',
    state: 'active',
    attempts: 0,
    errorCode: null,
    notBefore: null,
    ...before,
  } as AccountRow;
  const session = fakeSession(calls, (broken) => (breakIdle = broken));
  let opened = 0;
  let isLost = false;
  let settings: Partial<ProviderSettings> = { pollMinutes: 5, imapHost: 'one.test' };
  const save: World['save'] = (more) => void (settings = { ...settings, ...more });
  const provider = {
    openMailbox: () => {
      calls.push('open');
      return open(session, (opened += 1));
    },
  };
  const ports = {
    accounts: {
      byId: async () => account,
      update: async (_id: number, changes: object) => {
        if (isLost) throw new MailError('EMAIL_LEASE_LOST');
        account = { ...account, ...changes };
      },
      updateIf: async (_id: number, changes: object, { unpausedAt }: AccountCondition) => {
        if (isLost) throw new MailError('EMAIL_LEASE_LOST');
        if (isPausedByServer(account, unpausedAt ?? 0)) return false;
        account = { ...account, ...changes };
        return true;
      },
      pause: async (_id: number, until: number) => {
        account = { ...account, notBefore: Math.max(until, account.notBefore ?? 0) };
        return true;
      },
    },
    store: { ...fakeStore(intents, (at) => void (account = { ...account, lastPassAt: at })), ...more },
    connections: {
      of: async () => ({ provider, connection: { settings } }),
      open: async () => provider.openMailbox(),
    } as unknown as Connections,
    clock,
    live: { changed: () => undefined },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    syncLog: { write: async ({ event }: { event: string }) => void log.push(event) },
    misconfigured: async (_provider: string, error: { code: string }) => void misconfigured.push(error.code),
    reading: new Turns(1),
    random: () => 0.5,
    tellOwner: async () => void told.push(account.state),
    leaveAlone: () => void calls.push('leave alone'),
    ...others,
  } as unknown as WorkerPorts;
  const worker = new AccountWorker(account.id, ports, stop.signal);
  const world = { worker, stop, ended: worker.run(), calls, intents, misconfigured, told, log, clock };
  const advance = (ms: number): Promise<void> => clock.advance(ms);
  const loseLease = (): void => void (isLost = true);
  const pause: World['pause'] = (notBefore) =>
    void (account = { ...account, state: 'backing-off', errorCode: 'EMAIL_THROTTLED', notBefore });
  const own = { account: () => account, opened: () => opened };
  return { ...world, ...own, advance, breakIdle: (code) => breakIdle(code), save, pause, loseLease };
}

function fakeSession(calls: string[], onIdle: (broken: World['breakIdle']) => void): MailboxSession {
  const said = <T>(what: string, answer: T): Promise<T> => {
    calls.push(what);
    return Promise.resolve(answer);
  };
  const look = {
    epoch: '1',
    objectId: null,
    isReborn: false,
    strategy: { kind: 'plain', reason: 'test' },
    slices: (async function* () {})(),
  } as unknown as FolderLook;
  return {
    listFolders: () => said('list', []),
    observe: (path: string) => said(`observe ${path}`, look),
    standing: async () => new Map(),
    storeFlags: (_path: string, ids: readonly string[]) => said(`store ${ids.join()}`, undefined),
    waitForChange: (path: string, signal: AbortSignal) => {
      calls.push(`idle ${path}`);
      return new Promise((resolve, reject) => {
        const aborted = { kind: 'aborted', hints: [] } as const;
        onIdle((code = 'EMAIL_CONNECTION_LOST') => reject(new MailError(code)));
        if (signal.aborted) return resolve(aborted);
        signal.addEventListener('abort', () => resolve(aborted), { once: true });
      });
    },
    close: () => said('close', undefined),
  } as unknown as MailboxSession;
}

function fakeStore(intents: World['intents'], passed: (at: number) => void): MessageStore {
  const nothing = async (): Promise<void> => undefined;
  const none = async (): Promise<[]> => [];
  return {
    folders: async () => [INBOX],
    saveFolders: async () => [INBOX],
    folderOfRole: async (_account: number, role: string) => (role === 'inbox' ? INBOX : null),
    known: async () => new Map(),
    uncounted: async () => 0,
    highestUid: async () => null,
    wishes: async () => new Set(),
    lacks: async () => true,
    operations: async () => ({
      operations: intents.splice(0).map(({ id, change }) => ({
        placementId: 1,
        folder: INBOX,
        id,
        change,
        move: null,
        standing: STANDING,
        begun: null,
      })),
      last: null,
    }),
    folderById: async () => INBOX,
    shallow: none,
    forgetAttempts: async () => 0,
    recount: async () => false,
    hasLooseEnds: async () => false,
    finishPass: async (_account: number, _quiet: unknown, now: number) => passed(now),
    sweep: async () => 0,
    threadedEarlier: async () => [],
    ...Object.fromEntries(
      ['dropGone', 'dropPast', 'apply', 'finishLooks', 'countAttempts', 'settleFlags', 'markFolder'].map((name) => [
        name,
        nothing,
      ]),
    ),
  } as unknown as MessageStore;
}
