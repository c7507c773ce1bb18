/** Branded identifiers: a row id is not a UID and an account is not a folder. */
export type Brand<T, B extends string> = T & { readonly __brand: B };

export type UserId = Brand<number, 'UserId'>;
export type AccountId = Brand<number, 'AccountId'>;
export type FolderId = Brand<number, 'FolderId'>;
export type MessageId = Brand<number, 'MessageId'>;
export type ThreadId = Brand<number, 'ThreadId'>;

/** `UIDVALIDITY:UID` (RFC 9051 §2.3.1.1): carries its epoch, so a stale UID never matches a new message. */
export type RemoteId = Brand<string, 'RemoteId'>;

export function remoteId(uidValidity: string, uid: number): RemoteId {
  return `${uidValidity}:${uid}` as RemoteId;
}

export function splitRemoteId(id: RemoteId): { uidValidity: string; uid: number } {
  const [uidValidity, uid] = id.split(':');
  return { uidValidity, uid: Number(uid) };
}
