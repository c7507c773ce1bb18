import type { AddressInfo } from 'node:net';
import hoodiecrow, { type HoodiecrowServer } from 'hoodiecrow-imap';
import { keepPartialRanges } from './hoodiecrow-partial';
import { USERS } from '../world';
import { FOLDERS, type MailStore, type SeedMail } from './mail-store';

const PLUGINS = [
  'ID',
  'SASL-IR',
  'NAMESPACE',
  'IDLE',
  'LITERALPLUS',
  'UNSELECT',
  'SPECIAL-USE',
  'MOVE',
  'UIDPLUS',
  'CREATE-SPECIAL-USE',
];

/** Mailboxes in memory with nothing but Node: one hoodiecrow per user, since it is a single-user server. */
export async function startNodeStore(): Promise<MailStore> {
  const boxes = new Map<string, { server: HoodiecrowServer; port: number; password: string }>();
  for (const { upn, password } of USERS) {
    // A new epoch with every start: UIDs begin again, and UIDVALIDITY must say so (RFC 9051 §2.3.1.1).
    const uidvalidity = Math.floor(Date.now() / 1000);
    const folders = Object.fromEntries(FOLDERS.map(([name, use]) => [name, { 'special-use': use, uidvalidity }]));
    const storage = { INBOX: { messages: [], uidvalidity }, '': { separator: '/', folders } };
    const server = hoodiecrow({ plugins: [...PLUGINS, keepPartialRanges], users: { [upn]: { password } }, storage });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    boxes.set(upn, { server, port: (server.server.address() as AddressInfo).port, password });
  }
  const box = (upn: string) => {
    const found = boxes.get(upn.toLowerCase());
    if (!found) throw new Error(`no mailbox ${upn}`);
    return found;
  };
  const put = (upn: string, folder: string, flags: readonly string[], date: Date, raw: Buffer): void => {
    const { server } = box(upn);
    ensureFolder(server, folder);
    server.appendMessage(folder, [...flags], imapDate(date), raw.toString('latin1'));
  };
  return {
    edition: 'node',
    backend: (upn) => ({
      host: '127.0.0.1',
      port: box(upn).port,
      user: upn.toLowerCase(),
      password: box(upn).password,
    }),
    deliver: async (upn, raw) => put(upn, 'INBOX', [], new Date(), raw),
    fileSent: async (upn, raw) => put(upn, 'Sent Items', ['\\Seen'], new Date(), raw),
    fill: async (upn, mails) => mails.forEach((mail) => put(upn, mail.folder, mail.flags, mail.receivedAt, mail.raw)),
    dump: (upn) => dumpMailbox(box(upn).server),
    close: async () => {
      for (const { server } of boxes.values()) await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function dumpMailbox(server: HoodiecrowServer): SeedMail[] {
  const paths = Object.keys(server.folderCache);
  return paths.flatMap((folder) =>
    server.folderCache[folder].messages.map((mail) => ({
      folder,
      raw: Buffer.from(mail.raw, 'latin1'),
      flags: mail.flags,
      receivedAt: new Date(mail.internaldate),
    })),
  );
}

function ensureFolder(server: HoodiecrowServer, path: string): void {
  if (path !== 'INBOX' && !server.getMailbox(path))
    server.createMailbox(path, { uidvalidity: Math.floor(Date.now() / 1000) });
}

/** date-time of RFC 9051 §9, in UTC. */
function imapDate(date: Date): string {
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][
    date.getUTCMonth()
  ];
  const day = String(date.getUTCDate()).padStart(2, ' ');
  return `${day}-${month}-${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)} +0000`;
}
