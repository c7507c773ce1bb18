import type { WireLogLine } from '../../../shared/wire';
import { timeFrom } from '../../format';
import { logWords } from '../log-words';
import { behind } from '../behind';

const t = (key: string, params: Readonly<Record<string, string | number>> = {}): string =>
  key.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(params[name]));
const line = (event: string, more: Partial<WireLogLine> = {}): WireLogLine => ({
  id: 1,
  at: 0,
  event,
  folderId: 1,
  error: null,
  counts: {},
  ...more,
});

describe('a line of the sync log', () => {
  it('says what a look brought', () => {
    const looked = line('looked-plain', { counts: { listed: 2, changed: 1, forgotten: 0 } });
    expect(logWords(looked, 'Inbox', t)).toBe('Inbox: 2 new, 1 changed');
    expect(logWords(looked, null, t)).toBe('A folder that is gone: 2 new, 1 changed');
    expect(logWords(line('looked-plain', { counts: { forgotten: 3 } }), 'Inbox', t)).toBe('Inbox: 3 gone');
    expect(logWords(line('looked-plain'), 'Inbox', t)).toBe('Inbox: nothing new');
  });

  it('says why something failed, in the words of the error', () => {
    const error = { code: 'EMAIL_THROTTLED', params: {} } as const;
    expect(logWords(line('failed', { error }), null, t)).toBe('EMAIL_THROTTLED');
    expect(logWords(line('folder-failed', { error }), 'Trash', t)).toBe('Trash: EMAIL_THROTTLED');
    expect(logWords(line('failed'), null, t)).toBe('EMAIL_UNEXPECTED');
  });
});

describe('how far a time is', () => {
  const NOW = 1_000 * 86_400_000;
  it.each([
    [NOW - 30_000, 'now'],
    [NOW - 3 * 60_000, '3 minutes ago'],
    [NOW + 2 * 3_600_000, 'in 2 hours'],
    [NOW - 86_400_000, 'yesterday'],
  ])('%d is “%s”', (time, words) => expect(timeFrom(time, NOW, 'en-US')).toBe(words));
});

it('what has happened never lies ahead, whatever the clocks say', () => {
  expect(behind(1_000, 900)).toBe(900);
  expect(behind(800, 900)).toBe(800);
  expect(behind(null, 900)).toBeNull();
});
