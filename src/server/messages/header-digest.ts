import { createHash } from 'node:crypto';
import { TELLING_FIELDS } from '../mail/telling-fields';

const TELLING = new Set<string>(TELLING_FIELDS);

/**
 * A hash of the telling header fields, the same for the whole header and for an answer to HEADER.FIELDS: order of the fields and
 * folding do not count. A mail that only pretends to be another one, with its Message-ID, size and date, has other fields.
 */
export function headerDigest(header: Buffer): string {
  const unfolded = header.toString('latin1', 0, endOf(header)).replace(/\r?\n[ \t]+/g, ' ');
  const fields = unfolded.split(/\r?\n/).flatMap((line) => {
    const [, name, value] = /^([!-9;-~]+)[ \t]*:(.*)$/.exec(line) ?? [];
    const key = name?.toLowerCase();
    return key && TELLING.has(key) ? [`${key}:${value.replace(/[ \t]+/g, ' ').trim()}`] : [];
  });
  return createHash('sha1').update(fields.sort().join('\n'), 'latin1').digest('hex');
}

/** Where the header block ends (RFC 5322 §2.1), found in the bytes: a body may be large. */
function endOf(source: Buffer): number {
  const ends = ['\r\n\r\n', '\n\n', '\n\r\n', '\r\n\n'].map((end) => source.indexOf(end)).filter((at) => at >= 0);
  return ends.length > 0 ? Math.min(...ends) : source.length;
}
