import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { TENANTS } from '../world';

export interface Claims {
  readonly upn: string;
  readonly oid: string;
  readonly scp: string;
  readonly aud: string;
  readonly iss: string;
  readonly exp: number;
}

export interface SigningKey {
  readonly jwk: JsonWebKey & { kid: string; use: string; alg: string };
  readonly publicKey: KeyObject;
}

/** The signing key, kept in a file so that tokens survive a restart; its public half also where Dovecot looks for it. */
export function signingKey(folder: string): SigningKey {
  const file = path.join(folder, 'signing-key.json');
  if (!fs.existsSync(file)) {
    fs.mkdirSync(folder, { recursive: true });
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'sandbox-key', use: 'sig', alg: 'RS256' };
    fs.writeFileSync(file, JSON.stringify(jwk), { mode: 0o600 });
  }
  const jwk = JSON.parse(fs.readFileSync(file, 'utf8')) as SigningKey['jwk'];
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
  const dovecotKeys = path.join(folder, 'jwtkeys', 'default', 'RS256');
  fs.mkdirSync(dovecotKeys, { recursive: true });
  fs.writeFileSync(path.join(dovecotKeys, jwk.kid), publicKey.export({ type: 'spki', format: 'pem' }));
  return { jwk, publicKey };
}

/** An access token without consent, for programs that measure or look beside the application (RFC 7515 §3.1). */
export function issueToken(key: SigningKey, claims: Claims): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const signed = `${part({ alg: 'RS256', typ: 'JWT', kid: key.jwk.kid })}.${part({ sub: claims.oid, iat: now, nbf: now, ...claims })}`;
  const privateKey = createPrivateKey({ key: key.jwk, format: 'jwk' });
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
}

/** Checks an access token as Exchange does: signature, expiry, audience, issuer. @throws Error with the reason */
export function checkToken(token: string, key: SigningKey, audience: string): Claims {
  const [head, payload, signature] = token.split('.');
  if (!signature) throw new Error('not a JWT');
  if (!verify('RSA-SHA256', Buffer.from(`${head}.${payload}`), key.publicKey, Buffer.from(signature, 'base64url')))
    throw new Error('signature');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Claims;
  if (claims.exp < Date.now() / 1000) throw new Error('expired');
  if (claims.aud !== audience) throw new Error(`audience ${claims.aud}`);
  if (!Object.keys(TENANTS).some((tenant) => claims.iss === `https://sts.windows.net/${tenant}/`))
    throw new Error('issuer');
  return claims;
}
