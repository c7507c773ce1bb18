/** What a message is by the server's word, beside its UID. Time in ms, size in octets. */
export interface Standing {
  /** INTERNALDATE. */
  readonly receivedAt: number;
  readonly sizeBytes: number;
}

/** Whether a UID names another message now. Date *and* size: Exchange estimates sizes, and may estimate again. Pure. */
export function isOther(mine: Standing, there: Standing): boolean {
  return mine.receivedAt !== there.receivedAt && mine.sizeBytes !== there.sizeBytes;
}
