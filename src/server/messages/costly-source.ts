/** More than a thousand addresses. */
const LONGEST_FIELD = 64 * 1024;
/** Mails in a mail that are read with it. People forward a few. */
const MOST_MAILS = 20;
/** Fields that hold lists of addresses, which cost a parser the most (RFC 5322 §3.6.2, §3.6.3, §3.6.6). */
const ADDRESS_FIELD = /^(?:resent-)?(?:from|sender|reply-to|to|cc|bcc)[ \t]*:/i;

const isFolded = (line: string): boolean => line.startsWith(' ') || line.startsWith('\t');

/** Whether a source holds so many mails within mails that reading all of them would hold everything else up for seconds. */
export function hasManyMails(source: Buffer): boolean {
  const text = source.toString('latin1');
  // Every part of a digest is a mail, without saying so (RFC 2046 §5.1.5).
  const isDigest = /multipart\/digest/i.test(text);
  return has(text, /message\/(?:rfc822|global)/gi, MOST_MAILS) || (isDigest && has(text, /\n--/g, 2 * MOST_MAILS));
}

/** @param mention with the flag g */
function has(text: string, mention: RegExp, more: number): boolean {
  for (let found = 0; mention.test(text);) if ((found += 1) > more) return true;
  return false;
}

/**
 * Cuts fields (with their folded lines, RFC 5322 §2.2.3) after their first part: a list of addresses that goes on for a megabyte takes a
 * parser seconds. Line by line, since an expression over the whole may take a time of the square of it.
 */
export function withoutLongFields(head: string): string {
  return head.length <= LONGEST_FIELD ? head : cutFields(head, () => true);
}

/** The same for lists of addresses alone, wherever they stand in a whole mail: mails within it have fields, too. */
export function withoutLongLists(source: Buffer): Buffer {
  if (source.length <= LONGEST_FIELD) return source;
  const text = source.toString('latin1');
  const cut = cutFields(text, (line) => ADDRESS_FIELD.test(line.slice(0, 40)));
  return cut.length === text.length ? source : Buffer.from(cut, 'latin1');
}

function cutFields(text: string, isMeant: (line: string) => boolean): string {
  const kept: string[] = [];
  let left = Infinity;
  for (const line of text.split('\n')) {
    if (!isFolded(line)) left = isMeant(line) ? LONGEST_FIELD : Infinity;
    if (left > 0) kept.push(line.slice(0, left));
    left -= line.length + 1;
  }
  return kept.join('\n');
}
