import { MailError } from '../errors/mail-error';
import type { FolderRow } from '../ports/records';
import type { MailboxSession } from '../ports/session';
import type { FolderPlan, MessageStore } from '../ports/stores';

export interface ApplyPorts {
  readonly session: MailboxSession;
  readonly store: MessageStore;
  readonly now: () => number;
}

/**
 * Applies a plan: reset → list → flags → forget → push → commit. The cursor is committed last and only if every
 * earlier step succeeded (I2); each step may be repeated after a crash.
 */
export async function applyPlan(folder: FolderRow, plan: FolderPlan, ports: ApplyPorts): Promise<void> {
  const { store } = ports;
  if (plan.reset) await store.reset(folder);
  await store.list(folder, plan.list);
  await store.setFlags(folder, plan.setFlags);
  await store.forget(folder, plan.forget);
  for (const wish of plan.push) await pushIntent(folder, wish, ports);
  await store.commit(folder, plan.commit, ports.now());
}

/** Tells the server what the user changed here. A message that vanished meanwhile takes its wish with it. */
async function pushIntent(folder: FolderRow, wish: FolderPlan['push'][number], ports: ApplyPorts): Promise<void> {
  try {
    await ports.session.storeFlags(folder.path, wish.id, wish.change);
  } catch (error) {
    if (!(error instanceof MailError && error.kind === 'gone')) throw error;
  }
  await ports.store.settleIntent(folder, wish.id, wish.change);
}
