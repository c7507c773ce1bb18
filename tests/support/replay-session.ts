import { ImapSession } from '../../src/server/providers/imap/session';
import { startReplayServer, type ReplayServer, type Script } from './replay-server';

/** Sessions of a test file with servers that say what a script says; both are closed after each test. */
export function replaySessions() {
  let server: ReplayServer | null = null;
  let session: ImapSession | null = null;
  afterEach(async () => {
    await session?.close();
    await server?.close();
    [session, server] = [null, null];
  });
  /** A server that nobody has connected to yet. */
  const serve = async (script: Script): Promise<ReplayServer> => (server = await startReplayServer(script));
  const open = async (
    script: Script,
    tokens?: readonly string[],
  ): Promise<{ session: ImapSession; server: ReplayServer }> => {
    const from = await serve(script);
    session = await ImapSession.open(from.connection(tokens));
    return { session, server: from };
  };
  return { serve, open };
}
