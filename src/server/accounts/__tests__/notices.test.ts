import type { Notice } from '../../ports/host';
import type { AccountRow, FolderRow } from '../../ports/records';
import { HeldClock } from '../../ports/__tests__/held-clock';
import { Notices, type NoticePorts } from '../notices';

/** One account, two nodes, and an inbox that may be broken. */
function world() {
  const sent: Notice[] = [];
  const state = {
    isBroken: false,
    inbox: null as FolderRow | null,
    row: { id: 1, userId: 7, address: 'a@b.test', notifiedAt: null } as AccountRow,
  };
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
      untoldInbox: async () => (state.inbox?.notifiedAt === null ? state.inbox : null),
      claimInboxNotice: async (_inbox: FolderRow, now: number) => {
        if (state.inbox?.notifiedAt !== null) return false;
        state.inbox = { ...state.inbox, notifiedAt: now };
        return true;
      },
      releaseInboxNotice: async () => void (state.inbox = { ...state.inbox, notifiedAt: null } as FolderRow),
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

describe('an inbox that stays closed while its account works', () => {
  const closed = { isSelectable: true, isGone: false, errorCode: 'EMAIL_FOLDER_BUSY', notifiedAt: null };
  const sinceMinutes = (minutes: number): FolderRow =>
    ({ ...closed, errorAt: new HeldClock().now() - minutes * 60_000 }) as FolderRow;

  it('is told once, after half an hour, by whichever node works on it', async () => {
    const { sent, state, become, one, two } = world();
    become({ state: 'active' });
    state.inbox = sinceMinutes(29);
    await one.tell(state.row.id);
    expect(sent).toEqual([]);
    state.inbox = sinceMinutes(30);
    await Promise.all([one.tell(state.row.id), two.tell(state.row.id)]);
    await one.tell(state.row.id);
    expect(sent).toEqual([{ user: 7, kind: 'inbox-closed', address: 'a@b.test' }]);
  });

  it('is told again where telling failed; not beside what is told of the account', async () => {
    const { sent, state, become, one } = world();
    become({ state: 'active' });
    state.inbox = sinceMinutes(60);
    state.isBroken = true;
    await one.tell(state.row.id);
    state.isBroken = false;
    become({ state: 'needs-reconnect' });
    await one.tell(state.row.id);
    become({ state: 'active' });
    await one.tell(state.row.id);
    expect(sent.map(({ kind }) => kind)).toEqual(['needs-reconnect', 'inbox-closed']);
  });
});
