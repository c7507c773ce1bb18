/** Identifier of the conversation in front, five octets more for each answer ([MS-OXOMSG] 2.2.1.3). */
const ROOT_BYTES = 22;

/**
 * The conversation that Exchange's `Thread-Index` field names, in hexadecimal; null when the field is no such thing. The answers of a
 * conversation begin with the same 22 octets.
 */
export function threadIndexRoot(field: string | null | undefined): string | null {
  const bare = (field ?? '').slice(0, 4_000).replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+=*$/.test(bare)) return null;
  const octets = Buffer.from(bare, 'base64');
  return octets.length < ROOT_BYTES ? null : octets.toString('hex', 0, ROOT_BYTES);
}
