import { nextAttemptAt, notWorkingSince, whyStopped } from '../accounts/account-health';
import { MailError } from '../errors/mail-error';
import type { WireHealth, WireHealthPage } from '../../shared/wire';
import type { AccountRow, AccountState } from '../ports/records';
import type { Services } from '../services';
import { idOf, type MailAction } from './answer';
import { errorOf, pollMsOf } from './show-account';

const STATES: readonly AccountState[] = ['linking', 'active', 'backing-off', 'needs-reconnect', 'disabled'];
const PAGE_SIZE = 20;
const LARGEST_PAGE = 100;

/** How the accounts of all users are doing, for administrators (acl.ts): numbers and states, nothing of what is in them. */
export function emailHealth(services: Services): Record<string, MailAction> {
  return {
    list: async ({ params }) => {
      const page = numberOf(params.page, 'page', 1, 1_000_000);
      const pageSize = numberOf(params.pageSize, 'pageSize', PAGE_SIZE, LARGEST_PAGE);
      const { accounts, total } = await services.health.page(stateOf(params.state), page, pageSize);
      const shown = await show(services, accounts);
      return {
        accounts: shown,
        total,
        page,
        pageSize,
        states: await services.health.states(),
      } satisfies WireHealthPage;
    },
  };
}

async function show(services: Services, accounts: readonly AccountRow[]): Promise<WireHealth[]> {
  const ids = accounts.map(({ id }) => id);
  const counts = await services.health.counts(ids);
  const nodes = await services.health.nodes(ids);
  const names = await services.people.names([...new Set(accounts.map(({ userId }) => userId))]);
  const polls = new Map<string, number>();
  for (const { provider } of accounts)
    if (!polls.has(provider)) polls.set(provider, await pollMsOf(services, provider));
  const now = services.clock.now();
  return accounts.map((account) => {
    const { id, userId, provider, address, state, lastPassAt } = account;
    const { messages, missing, operations, troubled } = counts(id);
    return {
      id,
      owner: { id: userId, name: names.get(userId) ?? null },
      provider,
      address,
      state,
      error: errorOf(account),
      failingSince: notWorkingSince(account),
      hasStopped: whyStopped(account, now) !== null,
      troubledFolders: troubled,
      lastPassAt,
      nextAttemptAt: nextAttemptAt(account, polls.get(provider) ?? 0),
      node: nodes.get(id) ?? null,
      messageCount: messages,
      missingCount: missing,
      operationCount: operations,
    };
  });
}

function stateOf(value: unknown): AccountState | null {
  if (value === undefined || value === '') return null;
  const state = STATES.find((one) => one === value);
  if (!state) throw new MailError('EMAIL_INVALID_INPUT', { params: { field: 'state' } });
  return state;
}

function numberOf(value: unknown, field: string, otherwise: number, largest: number): number {
  const number = value === undefined || value === '' ? otherwise : idOf(value, field);
  if (number > largest) throw new MailError('EMAIL_INVALID_INPUT', { params: { field } });
  return number;
}
