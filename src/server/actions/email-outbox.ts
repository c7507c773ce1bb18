import { MailError } from '../errors/mail-error';
import type { WireOutgoing } from '../../shared/wire';
import { isStillLookedFor, nextOutboxState, type OutboxEvent } from '../outbox/outbox-state';
import type { Settlement } from '../ports/outbox';
import type { OutboxRow } from '../ports/records';
import type { Services } from '../services';
import { idOf, type MailAction, type MailRequest } from './answer';

/** What the signed-in user has sent and is still on its way, or came back. */
export function emailOutbox(services: Services): Record<string, MailAction> {
  const { outbox, drafts, files, live, wakeups, clock } = services;
  const own = ({ user, params }: MailRequest): Promise<OutboxRow> =>
    outbox.own(user, idOf(params.filterByTk, 'filterByTk'));
  const change = async (row: OutboxRow, event: OutboxEvent, more: Partial<Settlement> = {}): Promise<void> => {
    const state = nextOutboxState(row.state, event);
    const isMoved = state !== 'illegal' && (await outbox.move(row.id, row.state, { ...more, state }));
    if (!isMoved) throw new MailError('EMAIL_SEND_TOO_LATE');
    live.changed(row.userId, { accountId: row.accountId, topic: 'outbox' });
  };
  return {
    list: async ({ user }) => (await outbox.open(user)).map(showOutgoing),
    /** Undo: takes a mail back that has not been handed over yet; its draft can be written on. */
    cancel: async (request) => {
      const row = await own(request);
      if (isStillLookedFor(row)) throw new MailError('EMAIL_DELIVERY_UNCERTAIN');
      await change(row, 'cancel');
      await files.remove(row.file);
      if (row.draftId !== null) await drafts.reopen(row.draftId);
      return { draftId: row.draftId };
    },
    /** The user's own decision about a mail whose fate is unknown: send it again. */
    retry: async (request) => {
      const row = await own(request);
      if (isStillLookedFor(row)) throw new MailError('EMAIL_DELIVERY_UNCERTAIN');
      await change(row, 'retry', { dueAt: clock.now(), errorCode: null, attempts: 0 });
      wakeups.wakeOutbox();
      return { ok: true };
    },
    /** Puts a refused mail out of sight, its draft stays; or the note that a mail did not reach everybody. */
    dismiss: async (request) => {
      const row = await own(request);
      await change(row, 'dismiss', row.state === 'sent' ? { errorCode: null, errorParams: null } : {});
      await files.remove(row.file);
      return { draftId: row.state === 'sent' ? null : row.draftId };
    },
  };
}

export function showOutgoing(row: OutboxRow): WireOutgoing {
  const { id, accountId, draftId, state, recipients, dueAt } = row;
  const error = row.errorCode ? { code: row.errorCode, params: row.errorParams ?? {} } : null;
  return {
    id,
    accountId,
    draftId,
    state,
    subject: row.subject ?? '',
    recipients: recipients ?? [],
    dueAt,
    isLookedFor: isStillLookedFor(row),
    error,
  };
}
