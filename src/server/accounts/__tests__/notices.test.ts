import type { Notice } from '../../ports/host';
import type { AccountRow } from '../../ports/records';
import { HeldClock } from '../../ports/__tests__/held-clock';
import { Notices, type NoticePorts } from '../notices';

/** One account, two nodes, and an inbox that may be broken. */
function world() {
  const sent: Notice[] = [];
  const state = { isBroken: false, row: { id: 1, userId: 7, address: 'a@b.test', notifiedAt: null } as AccountRow };
  const ports = {
    accounts: {
      byId: async () => state.row,
      untold: async () => (state.row.notifiedAt === null ? [state.row] : []),
      claimNotice: async (account: AccountRow, now: number) => {
        if (state.row.notifiedAt !== null || state.row.state !== account.state) return false;
        state.row = { ...state.row, notifiedAt: now };
        return true;
      },
      releaseNotice: async () => void (state.row = { ...state.row, notifiedAt: null }),
    },
    notifier: {
      notify: async (notice: Notice) => {
        if (state.isBroken) throw new Error('no inbox');
        sent.push(notice);
        return true;
      },
    },
    clock: new HeldClock(),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    run: () => undefined,
  } as unknown as NoticePorts;
  const become = (changes: Partial<AccountRow>): void => void (state.row = { ...state.row, ...changes });
  return { sent, state, become, one: new Notices(ports), two: new Notices(ports) };
}

it('two nodes tell once, whoever is first', async () => {
  const { sent, become, one, two } = world();
  become({ state: 'needs-reconnect' });
  await Promise.all([one.sweep(), two.sweep(), one.tell(1 as AccountRow['id'])]);
  await two.sweep();
  expect(sent).toEqual([{ user: 7, kind: 'needs-reconnect', address: 'a@b.test' }]);
});

it('tells again only after it worked in between', async () => {
  const { sent, become, one } = world();
  become({ state: 'needs-reconnect' });
  await one.sweep();
  become({ state: 'active' });
  become({ state: 'needs-reconnect' });
  await one.sweep();
  expect(sent).toHaveLength(1);
  become({ state: 'active', notifiedAt: null });
  await one.sweep();
  become({ state: 'needs-reconnect' });
  await one.sweep();
  expect(sent).toHaveLength(2);
});

it('a message that could not be sent is sent at the next look', async () => {
  const { sent, state, become, one } = world();
  become({ state: 'disabled' });
  state.isBroken = true;
  await one.sweep();
  state.isBroken = false;
  await one.sweep();
  expect(sent).toHaveLength(1);
});
