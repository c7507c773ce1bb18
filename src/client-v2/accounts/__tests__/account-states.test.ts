import { answerOf, copyProgress, isInTrouble, isPaused, lookOf, outcomeOf, partlyText } from '../account-states';

const counts = { readableCount: 30, listedCount: 100, troubledFolders: 0 };

it('a mailbox is copied until everything was here once', () => {
  const copying = { state: 'active', lastSyncAt: null, ...counts } as const;
  expect(copyProgress(copying)).toEqual({ readable: 30, listed: 100 });
  expect(lookOf(copying)[1]).toBe('Copying your mail');
  expect(copyProgress({ ...copying, lastSyncAt: 1 })).toBeNull();
  expect(lookOf({ ...copying, lastSyncAt: 1 })[1]).toBe('In sync');
});

it('a mailbox with folders that cannot be read is not in sync, once it was copied and while it is followed', () => {
  const troubled = { state: 'active', lastSyncAt: 1, troubledFolders: 1 } as const;
  expect(lookOf(troubled)).toEqual(['warning', 'Some folders cannot be read']);
  expect(lookOf({ ...troubled, lastSyncAt: null })[1]).toBe('Copying your mail');
  expect(lookOf({ ...troubled, state: 'backing-off' })[1]).toBe('Waiting to try again');
  expect(lookOf({ ...troubled, state: 'needs-reconnect' })[0]).toBe('error');
});

it('a mailbox is in trouble by itself, or with a folder', () => {
  const error = { code: 'EMAIL_CONNECTION_LOST', params: {} } as const;
  expect(isInTrouble({ error: null, troubledFolders: 0 })).toBe(false);
  expect(isInTrouble({ error: null, troubledFolders: 1 })).toBe(true);
  expect(isInTrouble({ error, troubledFolders: 0 })).toBe(true);
});

it('nothing is said to be copied while nobody copies', () => {
  for (const state of ['linking', 'backing-off', 'needs-reconnect', 'disabled'] as const)
    expect(copyProgress({ state, lastSyncAt: null, ...counts })).toBeNull();
});

it('only a pause of the server keeps a mailbox from being asked again', () => {
  const error = (code: 'EMAIL_THROTTLED' | 'EMAIL_CONNECTION_LOST') => ({ code, params: {} });
  expect(isPaused({ state: 'backing-off', error: error('EMAIL_THROTTLED') })).toBe(true);
  expect(isPaused({ state: 'backing-off', error: error('EMAIL_CONNECTION_LOST') })).toBe(false);
  expect(isPaused({ state: 'active', error: null })).toBe(false);
});

describe('a pass that was asked for', () => {
  const asked = { id: 1, state: 'active', lastPassAt: 100, nextAttemptAt: 400 } as const;

  it('is done when all folders were looked at since', () => {
    expect(outcomeOf({ state: 'active', lastPassAt: 100, nextAttemptAt: 400 }, asked)).toBe('waiting');
    expect(outcomeOf({ state: 'active', lastPassAt: 200, nextAttemptAt: 500 }, asked)).toBe('done');
  });

  it('has failed when the next attempt is put off, not while this one is still to come', () => {
    expect(outcomeOf({ state: 'backing-off', lastPassAt: 100, nextAttemptAt: 400 }, asked)).toBe('waiting');
    expect(outcomeOf({ state: 'backing-off', lastPassAt: 100, nextAttemptAt: null }, asked)).toBe('waiting');
    expect(outcomeOf({ state: 'backing-off', lastPassAt: 100, nextAttemptAt: 900 }, asked)).toBe('failed');
  });

  it('has failed when it comes out that only its owner can help; what was so before, the answer to the request says', () => {
    for (const state of ['needs-reconnect', 'disabled', 'linking'] as const) {
      const now = { state, lastPassAt: 100, nextAttemptAt: null };
      expect(outcomeOf(now, asked)).toBe('failed');
      expect(outcomeOf(now, { ...asked, state })).toBe('waiting');
    }
  });
});

describe('who asked for a pass', () => {
  const asked = { id: 1, state: 'active', lastPassAt: 100, nextAttemptAt: 400 } as const;
  const done = { state: 'active', lastPassAt: 200, lastSyncAt: 210, nextAttemptAt: 500, troubledFolders: 0 } as const;

  it('is told that everything is here once it was read, too', () => {
    expect(answerOf({ ...done, lastPassAt: 100, lastSyncAt: 110 }, asked)).toBe('waiting');
    expect(answerOf({ ...done, lastSyncAt: 110 }, asked)).toBe('waiting');
    expect(answerOf({ ...done, lastSyncAt: null }, asked)).toBe('waiting');
    expect(answerOf(done, asked)).toBe('up-to-date');
  });

  it('is told of folders that could not be read, not before the inbox was opened after the pass', () => {
    expect(answerOf({ ...done, troubledFolders: 2, lastSyncAt: 110 }, asked)).toBe('waiting');
    expect(answerOf({ ...done, troubledFolders: 2 }, asked)).toBe('partly');
  });

  it('is told of a failure, also when it came after all folders were looked at', () => {
    expect(answerOf({ ...done, state: 'backing-off', lastPassAt: 100, nextAttemptAt: 900 }, asked)).toBe('failed');
    const after = { ...done, lastSyncAt: 110 };
    expect(answerOf({ ...after, state: 'backing-off', nextAttemptAt: 900 }, asked)).toBe('failed');
    expect(answerOf({ ...after, state: 'needs-reconnect', nextAttemptAt: null }, asked)).toBe('failed');
  });

  it('reads how many folders it is', () => {
    const t = (key: string, params: object = {}): string => key.replace('{{count}}', Object.values(params).join());
    expect(partlyText(1, t)).toMatch(/^One folder could not/);
    expect(partlyText(3, t)).toMatch(/^3 folders could not/);
  });
});
