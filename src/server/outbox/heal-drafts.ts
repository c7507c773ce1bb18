import { finishSent, type SendOnePorts } from './send-one';

/** Younger ones may be on their way between two steps of a healthy process. */
const OLD_ENOUGH_MS = 60_000;

/**
 * Mends what a crash between two writes left: a draft that says "sending" although no mail of it is on its way goes back to
 * its writer, and one whose mail was sent is cleaned up.
 */
export async function healDrafts(ports: SendOnePorts): Promise<void> {
  for (const draft of await ports.drafts.stuck(ports.now() - OLD_ENOUGH_MS)) {
    const row = await ports.outbox.ofDraft(draft.id);
    if (row?.state === 'sent') await finishSent(row, ports);
    else if (!row || row.state === 'cancelled' || row.state === 'rejected') await ports.drafts.reopen(draft.id);
  }
}
