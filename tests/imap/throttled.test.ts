import type { MailError } from '../../src/server/errors/mail-error';
import type { RemoteId } from '../../src/server/mail/ids';
import { ImapSession } from '../../src/server/providers/imap/session';
import { replaySessions } from '../support/replay-session';

const OPENED = '* 1 EXISTS\n* OK [UIDVALIDITY 7] ok\n* OK [UIDNEXT 2] ok\nA######## OK done\n';

const { serve, open } = replaySessions();

// imapflow takes any number for milliseconds, and says so before we hear what was written.
it.each([
  ['50 minutes', 50 * 60_000],
  ['600000 milliseconds', 600_000],
])('Q4: a pause of %s is kept in full, at the login and in a folder', async (named, ms) => {
  const said = `A######## NO Request is throttled. Suggested Backoff Time: ${named}\n`;
  const pauseOf = async (asked: Promise<unknown>): Promise<number> => {
    const before = Date.now();
    const error = await asked.then(
      () => null,
      (reason: unknown) => reason as MailError,
    );
    return (error?.retryAt?.getTime() ?? 0) - before;
  };
  const { session: on } = await open({ SELECT: OPENED, 'UID STORE': said });
  const change = { add: ['\\Seen'], remove: [] };
  const pauses = [
    await pauseOf(ImapSession.open((await serve({ AUTHENTICATE: said })).connection())),
    await pauseOf(on.storeFlags('INBOX', ['7:1'] as RemoteId[], change)),
  ];
  for (const pause of pauses) {
    expect(pause).toBeGreaterThanOrEqual(ms);
    expect(pause).toBeLessThan(ms + 30_000);
  }
});
