import { createHash } from 'node:crypto';
import { TELLING_FIELDS } from '../mail/telling-fields';

const LF = 10;
const CR = 13;
const TELLING = new Set<string>(TELLING_FIELDS);

/**
 * A hash of the telling header fields, the same for the whole header and for an answer to HEADER.FIELDS: order of the fields and
 * folding do not count. A mail that only pretends to be another one, with its Message-ID, size and date, has other fields.
 */
export function headerDigest(header: Buffer): string {
  const fields = unfoldedLines(header.toString('latin1', 0, endOf(header))).flatMap((line) => {
    // Most fields tell nothing: their names alone are looked at.
    const colon = line.indexOf(':');
    const key = line.slice(0, nameEnd(line, colon)).toLowerCase();
    // A line with a lone CR is no field; it has never counted, and what is stored must be found again.
    if (!TELLING.has(key) || line.includes('\r')) return [];
    const value = line.slice(colon + 1).replace(/[ \t]+/g, ' ');
    return [`${key}:${value.trim()}`];
  });
  return createHash('sha1').update(fields.sort().join('\n'), 'latin1').digest('hex');
}

/** Fields with their continuations (RFC 5322 §2.2.3). Cut at LF: an expression that begins with a CR that may be missing is tried at every letter. */
function unfoldedLines(block: string): string[] {
  const lines: string[] = [];
  const cut = block.split('\n');
  for (const [at, raw] of cut.entries()) {
    const line = at < cut.length - 1 && raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const isFolded = lines.length > 0 && (line.startsWith(' ') || line.startsWith('\t'));
    if (isFolded) lines[lines.length - 1] += ` ${line.replace(/^[ \t]+/, '')}`;
    else lines.push(line);
  }
  return lines;
}

/** Where the name ends, before the blanks that may stand before the colon (RFC 5322 §4.5). An expression would try each run of blanks anew. */
function nameEnd(line: string, colon: number): number {
  let end = Math.max(0, colon);
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end -= 1;
  return end;
}

/** Where the header block ends (RFC 5322 §2.1), found in the bytes: a body may be large. */
function endOf(source: Buffer): number {
  for (let at = source.indexOf(LF); at >= 0; at = source.indexOf(LF, at + 1)) {
    const isBlankNext = source[at + 1] === LF || (source[at + 1] === CR && source[at + 2] === LF);
    if (isBlankNext) return at > 0 && source[at - 1] === CR ? at - 1 : at;
  }
  return source.length;
}
