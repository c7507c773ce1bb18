import { ImapFlow } from 'imapflow';

/** imapflow on a line of its own, logged in as a mail program would be, without anything of ours: what we are measured against. */
export async function bareClient(
  port: number,
  user: string,
  accessToken: string,
  options: { readonly disableAutoIdle?: boolean } = {},
): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: 'localhost',
    port,
    secure: true,
    auth: { user, accessToken, loginMethod: 'AUTH=XOAUTH2' },
    logger: false,
    ...options,
  });
  await client.connect();
  return client;
}
