import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { MailError } from '../errors/mail-error';
import type { SecretBox } from '../ports/vault';

const VERSION = 'v1';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;

interface Key {
  readonly id: string;
  readonly bytes: Buffer;
}

/** Environment of the box. `EMAIL_MANAGER_KEY` is 64 hex digits; old keys (comma separated) only open. */
export interface SecretBoxOptions {
  readonly env: { readonly EMAIL_MANAGER_KEY?: string; readonly EMAIL_MANAGER_OLD_KEYS?: string };
  /** Used, and made with mode 0600, when no key is in the environment. */
  readonly keyFile: string;
}

/**
 * AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. A sealed text reads
 * `v1.<key id>.<nonce>.<tag>.<ciphertext>`, base64url; the context is authenticated, so a ciphertext moved to another
 * row does not open. The key never lies in the database.
 */
export class AesGcmSecretBox implements SecretBox {
  private readonly keys: readonly Key[];

  constructor(options: SecretBoxOptions) {
    const current = options.env.EMAIL_MANAGER_KEY?.trim() || keyFromFile(options.keyFile);
    const old = (options.env.EMAIL_MANAGER_OLD_KEYS ?? '').split(',').map((key) => key.trim());
    this.keys = [current, ...old.filter(Boolean)].map(parseKey);
  }

  seal(plain: string, context: string): string {
    const key = this.keys[0];
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce).setAAD(Buffer.from(context, 'utf8'));
    const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return [
      VERSION,
      key.id,
      ...[nonce, cipher.getAuthTag(), ciphertext].map((part) => part.toString('base64url')),
    ].join('.');
  }

  open(sealed: string, context: string): string {
    const [version, keyId, nonce, tag, ciphertext] = sealed.split('.');
    const key = this.keys.find((candidate) => candidate.id === keyId);
    if (version !== VERSION || !key || ciphertext === undefined) throw new MailError('EMAIL_SECRET_KEY_CHANGED');
    try {
      const decipher = createDecipheriv('aes-256-gcm', key.bytes, Buffer.from(nonce, 'base64url'), {
        authTagLength: 16,
      })
        .setAAD(Buffer.from(context, 'utf8'))
        .setAuthTag(Buffer.from(tag, 'base64url'));
      return Buffer.concat([decipher.update(Buffer.from(ciphertext, 'base64url')), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new MailError('EMAIL_SECRET_KEY_CHANGED', { cause });
    }
  }
}

function parseKey(hex: string): Key {
  if (!/^[0-9a-f]{64}$/i.test(hex)) throw new TypeError('EMAIL_MANAGER_KEY must be 64 hexadecimal digits (32 bytes)');
  const bytes = Buffer.from(hex, 'hex');
  return { id: createHash('sha256').update(bytes).digest('base64url').slice(0, 8), bytes };
}

function keyFromFile(file: string): string {
  if (!fs.existsSync(file)) {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    try {
      // `wx`: of two nodes that start at once on shared storage, one writes and both read the same key.
      fs.writeFileSync(file, randomBytes(KEY_BYTES).toString('hex'), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return fs.readFileSync(file, 'utf8').trim();
}
