import {
  isClosedForLong,
  lastLookAt,
  nextAttemptAt,
  nextLookAt,
  notWorkingSince,
  troubledFolders,
  whyStopped,
} from '../account-health';

const MINUTE = 60_000;
const NOW = 1_000 * MINUTE;

describe('why an account has stopped', () => {
  it('a new consent that is needed is told at once', () => {
    expect(whyStopped({ state: 'needs-reconnect', failingSince: NOW, notBefore: null, errorCode: null }, NOW)).toBe(
      'needs-reconnect',
    );
    expect(whyStopped({ state: 'disabled', failingSince: null, notBefore: null, errorCode: null }, NOW)).toBe(
      'switched-off',
    );
  });

  it('a short trouble is nobody’s business, half an hour is', () => {
    const failing = (minutes: number) => ({
      state: 'backing-off' as const,
      failingSince: NOW - minutes * MINUTE,
      notBefore: NOW + 1,
      errorCode: 'EMAIL_CONNECTION_LOST' as const,
    });
    expect(whyStopped(failing(29), NOW)).toBeNull();
    expect(whyStopped(failing(30), NOW)).toBe('failing');
  });

  it('a pause that will last so long is told when it begins', () => {
    const late = { state: 'backing-off', failingSince: NOW, notBefore: NOW + 45 * MINUTE } as const;
    expect(whyStopped({ ...late, errorCode: 'EMAIL_THROTTLED' }, NOW)).toBe('paused');
    expect(whyStopped({ ...late, errorCode: 'EMAIL_CONNECTION_LOST' }, NOW)).toBe('failing');
  });

  it('what works has not stopped', () => {
    expect(whyStopped({ state: 'active', failingSince: null, notBefore: null, errorCode: null }, NOW)).toBeNull();
    expect(whyStopped({ state: 'linking', failingSince: null, notBefore: null, errorCode: null }, NOW)).toBeNull();
  });
});

it('a folder is in trouble while it cannot be read; one that holds no mail, or is gone, never is', () => {
  const sound = { isSelectable: true, isGone: false, errorCode: null } as const;
  const sick = { ...sound, errorCode: 'EMAIL_FOLDER_BUSY' } as const;
  const refusing = { ...sound, errorCode: 'EMAIL_MOVE_REFUSED' } as const;
  expect(troubledFolders([])).toBe(0);
  expect(troubledFolders([sound, { ...sick, isSelectable: false }, { ...sick, isGone: true }])).toBe(0);
  expect(troubledFolders([sick, sound, refusing, sick])).toBe(2);
});

it('an inbox that is closed for half an hour is told, one that refuses a change never is', () => {
  const busy = { isSelectable: true, isGone: false, errorCode: 'EMAIL_FOLDER_BUSY', errorAt: NOW } as const;
  expect(isClosedForLong(busy, NOW + 29 * MINUTE)).toBe(false);
  expect(isClosedForLong(busy, NOW + 30 * MINUTE)).toBe(true);
  expect(isClosedForLong({ ...busy, errorCode: 'EMAIL_MOVE_REFUSED' }, NOW + 60 * MINUTE)).toBe(false);
  expect(isClosedForLong({ ...busy, errorCode: null }, NOW + 60 * MINUTE)).toBe(false);
  expect(isClosedForLong({ ...busy, errorAt: null }, NOW + 60 * MINUTE)).toBe(false);
});

it('what works again does not show the failure that is kept until what failed has gone well', () => {
  expect(notWorkingSince({ state: 'active', failingSince: NOW })).toBeNull();
  expect(notWorkingSince({ state: 'backing-off', failingSince: NOW })).toBe(NOW);
  expect(notWorkingSince({ state: 'needs-reconnect', failingSince: null })).toBeNull();
});

describe('when it is looked at next', () => {
  it('after the poll interval while it works, after the pause while it does not', () => {
    expect(nextAttemptAt({ state: 'active', notBefore: null, lastPassAt: NOW }, 5 * MINUTE)).toBe(NOW + 5 * MINUTE);
    expect(nextAttemptAt({ state: 'backing-off', notBefore: NOW + 7, lastPassAt: NOW }, MINUTE)).toBe(NOW + 7);
  });

  it('at once, or not at all before its owner acts', () => {
    expect(nextAttemptAt({ state: 'active', notBefore: null, lastPassAt: null }, MINUTE)).toBeNull();
    expect(nextAttemptAt({ state: 'backing-off', notBefore: null, lastPassAt: NOW }, MINUTE)).toBeNull();
    expect(nextAttemptAt({ state: 'needs-reconnect', notBefore: NOW, lastPassAt: NOW }, MINUTE)).toBeNull();
  });
});

describe('when a folder is looked at next', () => {
  const works = { state: 'active', notBefore: null, lastPassAt: NOW } as const;

  it('with the next pass, or when its rest is over', () => {
    expect(nextLookAt({ restsUntil: null }, works, 5 * MINUTE)).toBe(NOW + 5 * MINUTE);
    expect(nextLookAt({ restsUntil: NOW + 60 * MINUTE }, works, 5 * MINUTE)).toBe(NOW + 60 * MINUTE);
    expect(nextLookAt({ restsUntil: NOW }, works, 5 * MINUTE)).toBe(NOW + 5 * MINUTE);
    expect(nextLookAt({ restsUntil: NOW + 1 }, { ...works, lastPassAt: null }, MINUTE)).toBe(NOW + 1);
  });

  it('not while nobody looks at the mailbox', () => {
    expect(nextLookAt({ restsUntil: NOW }, { ...works, state: 'needs-reconnect' }, MINUTE)).toBeNull();
  });
});

describe('when a folder was looked at', () => {
  const last = (lastSyncAt: number | null, lastPassAt: number | null, errorCode: 'EMAIL_FOLDER_BUSY' | null = null) =>
    lastLookAt({ lastSyncAt, errorCode }, { lastPassAt });

  it('is with the last pass, which leaves one without news alone, or later', () => {
    expect(last(NOW - MINUTE, NOW)).toBe(NOW);
    expect(last(NOW, NOW - MINUTE)).toBe(NOW);
    expect(last(NOW, null)).toBe(NOW);
  });

  it('is not with a pass in which it could not be, nor before it ever was', () => {
    expect(last(NOW - MINUTE, NOW, 'EMAIL_FOLDER_BUSY')).toBe(NOW - MINUTE);
    expect(last(null, NOW)).toBeNull();
  });
});
