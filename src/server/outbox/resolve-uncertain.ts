import { asMailError } from '../errors/mail-error';
import type { OutboxRow } from '../ports/records';
import { NEVER } from './outbox-state';
import { finishSent, type SendOnePorts } from './send-one';

const MOST_LOOKS = 5;
const LOOK_AGAIN_MS = 30_000;

/**
 * Looks for a mail whose fate is unknown in Sent, by Message-ID and our trace header. Found: it was sent. Not found
 * after several looks: the owner is asked, because absence is no proof. It is never resent by itself.
 */
export async function resolveUncertain(row: OutboxRow, ports: SendOnePorts): Promise<void> {
  const looks = row.attempts + 1;
  const isSent = await isInSent(row, ports).catch((error: unknown) => {
    ports.log.error('uncertain-look-failed', asMailError(error), { outboxId: row.id });
    return false;
  });
  if (isSent) {
    const moved = await ports.outbox.move(row.id, 'uncertain', { state: 'sent', sentAt: ports.now(), errorCode: null });
    if (moved) await finishSent(row, ports);
  } else {
    const next =
      looks >= MOST_LOOKS
        ? { dueAt: NEVER, errorCode: 'EMAIL_DELIVERY_UNKNOWN' as const }
        : { dueAt: ports.now() + LOOK_AGAIN_MS };
    await ports.outbox.move(row.id, 'uncertain', { state: 'uncertain', attempts: looks, ...next });
  }
  ports.live.changed(row.userId, { accountId: row.accountId, topic: 'outbox' });
}

async function isInSent(row: OutboxRow, ports: SendOnePorts): Promise<boolean> {
  const account = await ports.accounts.byId(row.accountId);
  const sent = account ? await ports.store.folderOfRole(account.id, 'sent') : null;
  if (!account || !sent) return false;
  const { connection, provider } = await ports.connections.of(account);
  const session = await provider.openMailbox(connection);
  try {
    return await session.hasMessage(sent.path, row.messageId);
  } finally {
    await session.close();
  }
}
