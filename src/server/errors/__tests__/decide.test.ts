import { decide } from '../decide';

const now = new Date('2026-11-21T12:00:00Z');
const after = (ms: number) => new Date(now.getTime() + ms);

it('waits longer with every try, with jitter, up to a quarter of an hour', () => {
  const at = (attempt: number, jitter: number) => {
    const decision = decide({ code: 'EMAIL_SERVER_UNREACHABLE', kind: 'transient' }, attempt, now, jitter);
    return decision.kind === 'retry' ? decision.at.getTime() - now.getTime() : NaN;
  };
  expect(at(0, 0.5)).toBe(2_000);
  expect(at(3, 0.5)).toBe(16_000);
  expect(at(3, 0)).toBe(12_000);
  expect(at(3, 1)).toBe(20_000);
  expect(at(60, 0.5)).toBe(900_000);
});

it("honours the server's own hint in full", () => {
  const retryAt = after(50 * 60_000);
  expect(decide({ code: 'EMAIL_THROTTLED', kind: 'transient', retryAt }, 0, now, 0)).toMatchObject({
    kind: 'retry',
    at: retryAt,
  });
});

it.each([
  ['EMAIL_RECONNECT_REQUIRED', 'auth-required', 'reconnect'],
  ['EMAIL_CLIENT_SECRET_EXPIRED', 'configuration', 'misconfigured'],
  ['EMAIL_FOLDER_CHANGED', 'gone', 'look-again'],
  ['EMAIL_IMAP_DISABLED', 'permission', 'retry'],
] as const)('%s leads to %s → %s', (code, kind, expected) =>
  expect(decide({ code, kind }, 0, now, 0).kind).toBe(expected),
);

it('Q3: a missing right is looked at again soon, and if it is still missing, every half hour', () => {
  const failure = { code: 'EMAIL_IMAP_DISABLED', kind: 'permission' } as const;
  expect(decide(failure, 0, now, 0.5)).toMatchObject({ kind: 'retry', at: after(2_000) });
  expect(decide(failure, 1, now, 0.5)).toMatchObject({ kind: 'retry', at: after(30 * 60_000) });
});

it('asks for a new consent at once only where a mailbox has never worked: a token that was just given is proven good', () => {
  const failure = { code: 'EMAIL_LOGIN_REFUSED', kind: 'auth-required' } as const;
  expect(decide(failure, 0, now, 0.5).kind).toBe('reconnect');
  let [waitedMs, attempt] = [0, 0];
  for (; attempt < 100; attempt += 1) {
    const decision = decide(failure, attempt, now, 0.5, true);
    if (decision.kind !== 'retry') break;
    waitedMs += decision.at.getTime() - now.getTime();
  }
  expect(decide(failure, attempt, now, 0.5, true).kind).toBe('reconnect');
  expect(waitedMs).toBeGreaterThan(45 * 60_000);
  expect(waitedMs).toBeLessThan(90 * 60_000);
  expect(decide({ ...failure, code: 'EMAIL_RECONNECT_REQUIRED' }, 0, now, 0.5, true).kind).toBe('reconnect');
});

it('does not ask every second for something that is never as announced', () => {
  expect(decide({ code: 'EMAIL_FOLDER_CHANGED', kind: 'gone' }, 3, now, 0.5)).toMatchObject({
    kind: 'retry',
    at: after(16_000),
  });
});
