import type { AccountRow, FolderRow } from '../ports/records';
import type { FolderCursor, FolderObservation, MailboxSession } from '../ports/session';
import type { FolderPlan, LocalFolder } from '../ports/stores';
import { applyPlan, type ApplyPorts } from './apply-plan';
import { isSuspicious, planFolder } from './plan-folder';

export interface SyncReport {
  readonly listed: number;
  readonly changed: number;
  readonly forgotten: number;
}

export interface SyncPorts extends ApplyPorts {
  /** Another connection to the same mailbox, to check an answer that looks wrong. */
  readonly freshSession: () => Promise<MailboxSession>;
}

export type Depth = 'new' | 'all';

/** Brings one folder up to date: facts, decision, effects. */
export async function syncFolder(
  account: AccountRow,
  folder: FolderRow,
  depth: Depth,
  ports: SyncPorts,
): Promise<SyncReport> {
  const look = {
    since: folder.cursor as FolderCursor | null,
    depth,
    notBefore: account.syncSince === null ? null : new Date(account.syncSince),
  };
  const seen = await ports.session.observe(folder.path, look);
  const { plan, local } = await planFor(folder, seen, ports);
  if (!isSuspicious(local, plan.forget)) return finish(folder, plan, ports);

  const fresh = await ports.freshSession();
  try {
    const second = await planFor(folder, await fresh.observe(folder.path, { ...look, depth: 'all' }), ports);
    return await finish(folder, second.plan, ports);
  } finally {
    await fresh.close();
  }
}

async function planFor(
  folder: FolderRow,
  seen: FolderObservation,
  ports: SyncPorts,
): Promise<{ plan: FolderPlan; local: LocalFolder }> {
  const ids = seen.scope === 'all' ? 'all' : seen.states.map((state) => state.id);
  const local = await ports.store.localFolder(folder, ids);
  return { plan: planFolder(local, seen), local };
}

async function finish(folder: FolderRow, plan: FolderPlan, ports: SyncPorts): Promise<SyncReport> {
  await applyPlan(folder, plan, ports);
  const report = { listed: plan.list.length, changed: plan.setFlags.length, forgotten: plan.forget.length };
  if (plan.reset || report.listed + report.changed + report.forgotten + plan.push.length > 0)
    await ports.store.recount(folder);
  return report;
}
