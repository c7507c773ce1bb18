// An id longer than a line of RFC 5322, or with control characters, is none; it would only make trouble further on.
const MSG_ID = /<([^<>\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]{1,998})>/g;
const MOST_IDS = 100;

/** The msg-ids of a References or In-Reply-To field (RFC 5322 §3.6.4), without angle brackets, first 100, in order. */
export function messageIds(field: string | null | undefined): string[] {
  if (!field) return [];
  const found = [...field.slice(0, 200_000).toWellFormed().matchAll(MSG_ID)].flatMap((match) => withoutSpace(match[1]));
  return [...new Set(found)].slice(0, MOST_IDS);
}

/** White space inside belongs to the obsolete syntax (RFC 5322 §4.5.4) and to programs that fold anywhere; words are no id. */
function withoutSpace(id: string): string[] {
  const bare = id.replace(/\s+/g, '');
  return bare === id || bare.includes('@') ? [bare].filter(Boolean) : [];
}

/** One Message-ID without its angle brackets, or null. A bare word is taken as it stands: some senders forget them. */
export function messageId(field: string | null | undefined): string | null {
  const bare =
    messageIds(field)[0] ??
    field
      ?.trim()
      .slice(0, 2_000)
      .split(/\s+/)[0]
      ?.replace(/[<>\u0000-\u001f\u007f]/g, '');
  return bare ? bare.slice(0, 998).toWellFormed() : null;
}

/** A new Message-ID: random left side, the sender's domain at the right (RFC 5322 §3.6.4). */
export function newMessageId(random: string, address: string): string {
  const domain = address.slice(address.lastIndexOf('@') + 1).replace(/[^A-Za-z0-9.-]/g, '') || 'localhost';
  return `${random}@${domain}`;
}
