import fs from 'node:fs';
import type { IdentityMemory, Stored } from './identity/memory';
import type { MailStore, SeedMail } from './imap/mail-store';
import { USERS } from './world';

interface SavedMail extends Omit<SeedMail, 'raw' | 'receivedAt'> {
  readonly raw: string;
  readonly receivedAt: string;
}

interface State {
  readonly records: [string, Stored][];
  readonly consents: [string, string[]][];
  readonly mailboxes: Readonly<Record<string, SavedMail[]>>;
}

/** Reads what an earlier demo left; null when there is nothing. */
export function readState(file: string | null): State | null {
  return file && fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as State) : null;
}

/** Puts consents, tokens and mails back, so that a linked account works on after a restart. */
export async function restoreState(state: State, memory: IdentityMemory, store: MailStore): Promise<void> {
  for (const [key, record] of state.records) memory.records.set(key, record);
  for (const [key, rights] of state.consents) memory.consents.set(key, new Set(rights));
  for (const [upn, mails] of Object.entries(state.mailboxes)) {
    await store.fill(
      upn,
      mails.map((mail) => ({ ...mail, raw: Buffer.from(mail.raw, 'base64'), receivedAt: new Date(mail.receivedAt) })),
    );
  }
}

export function saveState(file: string, memory: IdentityMemory, dump: (upn: string) => SeedMail[]): void {
  const mailboxes = Object.fromEntries(
    USERS.map(({ upn }) => [
      upn,
      dump(upn).map((mail) => ({
        ...mail,
        raw: mail.raw.toString('base64'),
        receivedAt: mail.receivedAt.toISOString(),
      })),
    ]),
  );
  const records = [...memory.records].filter(([key]) => /^(RefreshToken|Grant):/.test(key));
  const state: State = {
    records,
    consents: [...memory.consents].map(([key, rights]) => [key, [...rights]]),
    mailboxes,
  };
  // Written beside and moved over: a demo that is killed while saving leaves the last good state.
  fs.writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
}
