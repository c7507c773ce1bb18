import type { LeaseKeeper } from '../../src/server/runtime/lease-keeper';
import type { SupervisorPorts, SyncSupervisor } from '../../src/server/runtime/sync-supervisor';
import type { Tables } from '../../src/server/runtime/tables';
import type { Wiring } from '../../src/server/wiring';
import type { TestApp } from './app';

/** The tables as the plugin of this application has opened them: its guard lets nobody else in. */
export function tablesOf({ app }: TestApp): Tables {
  const plugin = app.pm.get('nocobase-plugin-email-manager') as unknown as { wiring: Wiring };
  return (plugin.wiring.services.store as unknown as { tables: Tables }).tables;
}

/** Ends the work of this application's own supervisor, with the beat that is under way: it would write that this node lives after the test has begun. */
export async function stopBeating({ app }: TestApp): Promise<void> {
  const plugin = app.pm.get('nocobase-plugin-email-manager') as unknown as { wiring: Wiring };
  await plugin.wiring.supervisor.stop();
  await plugin.wiring.background.settle(30_000);
}

/** The supervisor of this application, and another one, not started, as a second process on the same database would have it: with a name of its own in the leases. */
export function nodesOf({ app }: TestApp): { first: SyncSupervisor; second: SyncSupervisor } {
  const plugin = app.pm.get('nocobase-plugin-email-manager') as unknown as { wiring: Wiring };
  const first = plugin.wiring.supervisor;
  const ports = (first as unknown as { ports: SupervisorPorts }).ports;
  const keeper = ports.leases as unknown as { tables: unknown; databaseNow: unknown };
  const Keeper = ports.leases.constructor as new (tables: unknown, now: unknown) => LeaseKeeper;
  const Supervisor = first.constructor as new (with_: SupervisorPorts) => SyncSupervisor;
  return { first, second: new Supervisor({ ...ports, leases: new Keeper(keeper.tables, keeper.databaseNow) }) };
}
