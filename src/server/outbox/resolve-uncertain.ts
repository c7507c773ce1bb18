import { asMailError } from '../errors/mail-error';
import type { Settlement } from '../ports/outbox';
import type { OutboxRow } from '../ports/records';
import { NEVER } from './outbox-state';
import { finishSent, type SendOnePorts } from './send-one';

const MOST_LOOKS = 5;
const LOOK_AGAIN_MS = 30_000;
const LOOK_AFTER_FAILURE_MS = 2 * 60_000;

/**
 * Looks for a mail whose fate is unknown in Sent, by Message-ID and our trace header. Found: it was sent. Not found
 * after several looks: the owner is asked, because absence is no proof. A look that failed is none: what broke the
 * submission often keeps the mailbox from being read, too. It is never resent by itself.
 */
export async function resolveUncertain(row: OutboxRow, ports: SendOnePorts): Promise<void> {
  const next = await look(row, ports).catch((error: unknown): Settlement => {
    const failure = asMailError(error);
    ports.log.error('uncertain-look-failed', failure, { outboxId: row.id });
    const again = ports.now() + LOOK_AFTER_FAILURE_MS;
    return { state: 'uncertain', dueAt: Math.max(again, failure.retryAt?.getTime() ?? 0) };
  });
  const moved = await ports.outbox.move(row.id, 'uncertain', next);
  if (moved && next.state === 'sent') await finishSent(row, ports);
  ports.live.changed(row.userId, { accountId: row.accountId, topic: 'outbox' });
}

async function look(row: OutboxRow, ports: SendOnePorts): Promise<Settlement> {
  if (await isInSent(row, ports)) return { state: 'sent', sentAt: ports.now(), errorCode: null };
  const looks = row.attempts + 1;
  return looks >= MOST_LOOKS
    ? { state: 'uncertain', attempts: looks, dueAt: NEVER, errorCode: 'EMAIL_DELIVERY_UNKNOWN' }
    : { state: 'uncertain', attempts: looks, dueAt: ports.now() + LOOK_AGAIN_MS };
}

async function isInSent(row: OutboxRow, ports: SendOnePorts): Promise<boolean> {
  const account = await ports.accounts.byId(row.accountId);
  const sent = account ? await ports.store.folderOfRole(account.id, 'sent') : null;
  if (!account || !sent) return false;
  const { session, giveBack } = await ports.sessions.borrow(account, { fresh: true });
  try {
    const isThere = await session.hasMessage(sent.path, row.messageId);
    giveBack(false);
    return isThere;
  } catch (error) {
    giveBack(false, error);
    throw error;
  }
}
