import { nextAccountState } from '../accounts/account-state';
import { tryAgainSoon } from '../accounts/server-pause';
import { MailError } from '../errors/mail-error';
import type { AccountRow } from '../ports/records';
import type { Services } from '../services';
import { healthOf, logOf } from './account-health';
import { idOf, type MailAction, type MailRequest } from './answer';
import { pollMsOf, showAccount } from './show-account';

/** Accounts of the signed-in user. */
export function emailAccounts(services: Services): Record<string, MailAction> {
  const { accounts, mailbox, wakeups, clock } = services;
  const own = ({ user, params, values }: MailRequest): Promise<AccountRow> =>
    accounts.own(user, idOf(values.accountId ?? params.accountId ?? params.filterByTk, 'accountId'));
  return {
    list: async ({ user }) => {
      // Accounts first: one whose pass ends between the two must not be called up to date by folders from before it.
      const rows = await accounts.list(user);
      const folders = await mailbox.folders(user);
      const now = clock.now();
      return Promise.all(
        rows.map(async (row) => {
          const pollMs = await pollMsOf(services, row.provider);
          return showAccount(row, folders, await mailbox.counts(row.id, folders), { now, pollMs });
        }),
      );
    },
    /** Names of the providers a user can link; says nothing of their settings. */
    providers: async () => {
      const views = await Promise.all(services.providerNames().map((name) => services.providers.view(name)));
      return views.map(({ name, state }) => ({ name, isReady: state !== 'empty' }));
    },
    health: ({ user }) => healthOf(services, user),
    log: async (request) => logOf(services, await own(request), request.params.before),
    unread: async ({ user }) => ({ unreadCount: await mailbox.unreadCount(user) }),
    /** Begins synchronising, from `since` on (ms; null: everything there is). An earlier date later on fetches more. */
    start: async (request) => {
      const account = await own(request);
      const since = request.values.since === null ? null : sinceOf(request.values.since, clock.now());
      const state = account.state === 'linking' ? nextAccountState(account.state, 'started') : account.state;
      if (state === 'illegal') throw new MailError('EMAIL_ACCOUNT_NOT_READY');
      await accounts.update(account.id, { syncSince: since });
      // Only where it still waits for that: it may have been unlinked, or refused, since it was read.
      if (account.state === 'linking') await accounts.updateIf(account.id, { state }, { state: 'linking' });
      await tryAgainSoon(accounts, account.id, clock.now());
      await wakeups.wakeSync(account.id, 'pass');
      return { ok: true };
    },
    sync: async (request) => {
      const account = await own(request);
      if (account.state === 'needs-reconnect' || account.state === 'linking')
        throw new MailError('EMAIL_ACCOUNT_NOT_READY');
      await tryAgainSoon(accounts, account.id, clock.now());
      await wakeups.wakeSync(account.id, 'pass');
      return { ok: true };
    },
    unlink: async (request) => {
      await services.unlink(await own(request));
      return { ok: true };
    },
  };
}

function sinceOf(value: unknown, now: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > now)
    throw new MailError('EMAIL_INVALID_INPUT', { params: { field: 'since' } });
  return value;
}
