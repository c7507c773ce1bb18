import { ImapFlow } from 'imapflow';
import type { TestSandbox } from './sandbox';

/**
 * The mailbox itself, as another mail program has it open: past the gateway and its faults, with every right of IMAP.
 * @returns what `work` returns
 */
export async function inMailbox<T>(
  sandbox: TestSandbox,
  upn: string,
  work: (client: ImapFlow) => Promise<T>,
): Promise<T> {
  const backend = await sandbox.control<{ host: string; port: number; user: string; password: string }>('backend', {
    upn,
  });
  const client = new ImapFlow({
    host: backend.host,
    port: backend.port,
    secure: false,
    auth: { user: backend.user, pass: backend.password },
    logger: false,
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

/** Flags of a message by its Message-ID, or null when the folder does not hold it. */
export function flagsOf(
  sandbox: TestSandbox,
  upn: string,
  folder: string,
  messageId: string,
): Promise<string[] | null> {
  return inMailbox(sandbox, upn, async (client) => {
    await client.mailboxOpen(folder, { readOnly: true });
    for await (const message of client.fetch('1:*', { uid: true, flags: true, envelope: true }))
      if (message.envelope?.messageId === `<${messageId}>`) return [...(message.flags ?? [])];
    return null;
  });
}
