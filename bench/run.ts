/** `node --import tsx bench/run.ts <kind>`: one measurement without a test runner, whose wrappers cost time. */
import '../tests/support/env';
import { KINDS } from './kinds';

async function main(kind: string): Promise<void> {
  // The TypeScript loader turns them on, and each stack trace (Sequelize takes one per statement) would be translated; a built plugin has none.
  process.setSourceMapsEnabled(false);
  const chosen = KINDS[kind];
  if (!chosen) throw new Error(`there is no measurement “${kind}”`);
  await (await chosen.load()).run();
}

main(process.argv[2] ?? '').then(
  // Timers of the host would keep the process.
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
