import { createHash } from 'node:crypto';

/** Text that every database keeps as it is: PostgreSQL refuses NUL, and lone surrogates are no UTF-8. */
export function storable(value: string): string {
  return value.replaceAll('\u0000', '').toWellFormed();
}

export function isStorable(value: string): boolean {
  return !value.includes('\u0000') && value.isWellFormed();
}

/** A digest by which two different names never pass for one, whatever they are made of. 44 characters; `#` is in no ObjectID (RFC 8474 §4). */
export function digestOf(value: string): string {
  return `#${createHash('sha256').update(Buffer.from(value, 'utf16le')).digest('base64url')}`;
}

/**
 * A server's own name for something, fit for its column. Never cut off: what two long names begin with says nothing of whether they are the
 * same, and two mails would become one. RFC 8474 §4 allows 255 characters.
 * @param longest characters that the column holds, at least 44
 */
export function objectKey(name: string, longest: number): string {
  return name.length <= longest && isStorable(name) ? name : digestOf(name);
}
