import { createHash } from 'node:crypto';
import { TELLING_FIELDS } from '../mail/telling-fields';

const TELLING = new Set<string>(TELLING_FIELDS);

/**
 * A hash of the telling header fields, the same for the whole header and for an answer to HEADER.FIELDS: order of the fields and
 * folding do not count. A mail that only pretends to be another one, with its Message-ID, size and date, has other fields.
 */
export function headerDigest(header: Buffer): string {
  const end = /\r?\n\r?\n/.exec(header.toString('latin1'));
  const unfolded = header.toString('latin1', 0, end ? end.index : undefined).replace(/\r?\n[ \t]+/g, ' ');
  const fields = unfolded.split(/\r?\n/).flatMap((line) => {
    const [, name, value] = /^([!-9;-~]+)[ \t]*:(.*)$/.exec(line) ?? [];
    const key = name?.toLowerCase();
    return key && TELLING.has(key) ? [`${key}:${value.replace(/[ \t]+/g, ' ').trim()}`] : [];
  });
  return createHash('sha1').update(fields.sort().join('\n'), 'latin1').digest('hex');
}
