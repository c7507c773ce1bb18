import type { Database } from '@nocobase/database';

/** What is known to have happened once the engine makes such a statement; the tables by their collection. */
const STEPS: readonly (readonly [step: string, verb: string, collection: string, column: string])[] = [
  ['request answered, lease taken', 'UPDATE', 'emailLeases', 'owner'],
  ['connected, signed in, folders listed', 'INSERT', 'emailFolders', 'path'],
  ['inbox opened, its newest states read', 'INSERT', 'emailPlacements', 'uid'],
  ['states stored, headers read and parsed', 'INSERT', 'emailMessages', 'subject'],
  ['headers stored, in conversations', 'UPDATE', 'emailPlacements', 'messageId'],
];

/** Milliseconds from the start to the first statement of each step, in their order. */
export type Milestones = readonly (readonly [step: string, ms: number])[];

/** Notes when each step is reached for the first time from now on. Heard from Sequelize: asking would take time. */
export function milestones(db: Database): () => Milestones {
  const started = performance.now();
  const reached = new Map<string, number>();
  const wanted = STEPS.map(([step, verb, collection, column]) => {
    const table = String(db.getCollection(collection).model.tableName);
    return { step, isIt: (sql: string) => sql.startsWith(verb) && sql.includes(table) && sql.includes(column) };
  });
  const hook = (_options: unknown, query: unknown): void => {
    const sql = String((query as { sql?: unknown }).sql).slice(0, 2_000);
    for (const { step, isIt } of wanted)
      if (!reached.has(step) && isIt(sql)) reached.set(step, performance.now() - started);
  };
  db.sequelize.addHook('afterQuery', 'milestones', hook);
  return () => {
    db.sequelize.removeHook('afterQuery', 'milestones');
    return [...reached];
  };
}
