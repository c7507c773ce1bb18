import { findUser } from '../world';

export interface Stored {
  readonly [key: string]: unknown;
  exp?: number;
  consumed?: number;
  accountId?: string;
  clientId?: string;
  grantId?: string;
  scope?: string;
  resource?: string[];
  uid?: string;
}

/** Everything the identity provider remembers: oidc-provider's records and who consented to what. */
export class IdentityMemory {
  readonly records = new Map<string, Stored>();
  private readonly uids = new Map<string, string>();
  /** `client|oid` → rights the user consented to. */
  readonly consents = new Map<string, Set<string>>();
  /** `client|tenant` → delegated rights an administrator consented to for all. */
  readonly adminConsents = new Map<string, Set<string>>();
  /** Refresh tokens that must be refused, with the number to answer. */
  readonly revoked = new Map<string, string>();

  /** Storage adapter class for oidc-provider. */
  adapter() {
    const { records, uids } = this;
    return class {
      constructor(private readonly model: string) {}
      private key(id: string): string {
        return `${this.model}:${id}`;
      }
      async upsert(id: string, payload: Stored, expiresIn: number): Promise<void> {
        const exp = payload.exp ?? (expiresIn ? Math.floor(Date.now() / 1000) + expiresIn : undefined);
        records.set(this.key(id), { ...payload, ...(exp ? { exp } : {}) });
        if (payload.uid) uids.set(payload.uid, this.key(id));
      }
      async find(id: string): Promise<Stored | undefined> {
        return records.get(this.key(id));
      }
      async findByUid(uid: string): Promise<Stored | undefined> {
        return records.get(uids.get(uid) ?? '');
      }
      async findByUserCode(): Promise<undefined> {
        return undefined;
      }
      async destroy(id: string): Promise<void> {
        records.delete(this.key(id));
      }
      async consume(id: string): Promise<void> {
        const record = records.get(this.key(id));
        if (record) record.consumed = Math.floor(Date.now() / 1000);
      }
      async revokeByGrantId(grantId: string): Promise<void> {
        for (const [key, record] of records) if (record.grantId === grantId) records.delete(key);
      }
    };
  }

  granted(clientId: string, oid: string, tenant: string): Set<string> {
    return new Set([
      ...(this.consents.get(`${clientId}|${oid}`) ?? []),
      ...(this.adminConsents.get(`${clientId}|${tenant}`) ?? []),
    ]);
  }

  /** As after a password reset: refresh tokens of the user stop working. */
  revokeTokensOf(upn: string, code: string): number {
    const oid = findUser(upn)?.oid;
    const mine = [...this.records].filter(
      ([key, record]) => key.startsWith('RefreshToken:') && record.accountId === oid,
    );
    for (const [key] of mine) this.revoked.set(key.slice('RefreshToken:'.length), code);
    return mine.length;
  }

  clear(): void {
    this.records.clear();
    this.consents.clear();
    this.adminConsents.clear();
    this.revoked.clear();
  }
}
