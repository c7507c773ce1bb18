import { MailError } from '../errors/mail-error';

/** A mailbox of RFC 5322 §3.4: `address` is the addr-spec, `name` the decoded display name. */
export interface Address {
  readonly name: string;
  readonly address: string;
}

/** Characters of a name with its address, about: for limits that need not be exact. */
export const USUAL_LENGTH = 60;

const LONGEST_ADDRESS = 254; // RFC 5321 §4.5.3.1.3, less the angle brackets
const LOCAL_PART = /^[^\s@"(),:;<>[\]\\\u0000-\u001f\u007f]{1,64}$/u;
const DOMAIN =
  /^(?=.{1,253}$)([\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?)(\.[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?)*$/u;

/**
 * True for an addr-spec that we hand to a server: a dot-atom local part and a domain.
 * Quoted local parts are refused on purpose: address parsers disagree about them and mail has gone astray through
 * that (CVE-2025-13033).
 */
export function isAddress(value: string): boolean {
  const at = value.lastIndexOf('@');
  if (at < 1 || value.length > LONGEST_ADDRESS) return false;
  const local = value.slice(0, at);
  return LOCAL_PART.test(local) && !/^\.|\.\.|\.$/.test(local) && DOMAIN.test(value.slice(at + 1));
}

/** Refuses line breaks and other control characters, with which a header field would become two (RFC 5322 §2.2). */
export function assertHeaderText(value: string, field: string): string {
  if (/[\u0000-\u0008\u000a-\u001f\u007f\u2028\u2029]/u.test(value)) {
    throw new MailError('EMAIL_HEADER_INVALID', { params: { field } });
  }
  return value;
}

/**
 * Recipients of a draft as they are being typed: control characters are refused, unfinished addresses are kept. They are
 * checked when the mail is sent. @throws MailError `EMAIL_HEADER_INVALID`, `EMAIL_INVALID_INPUT`
 */
export function parseDraftRecipients(value: unknown, field: string): Address[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new MailError('EMAIL_INVALID_INPUT', { params: { field } });
  return value.slice(0, 2_000).map((entry: unknown) => {
    const { name, address } = (typeof entry === 'string' ? { address: entry } : (entry ?? {})) as Record<
      string,
      unknown
    >;
    const text = (one: unknown): string =>
      assertHeaderText(typeof one === 'string' ? one.slice(0, 500).toWellFormed() : '', field).trim();
    return { name: text(name), address: text(address) };
  });
}

/** Parses recipients that came from a browser. @throws MailError `EMAIL_RECIPIENT_INVALID`, `EMAIL_HEADER_INVALID` */
export function parseRecipients(value: unknown, field: string): Address[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new MailError('EMAIL_INVALID_INPUT', { params: { field } });
  return value.map((entry: unknown) => parseRecipient(entry, field));
}

function parseRecipient(entry: unknown, field: string): Address {
  const { name, address } = (typeof entry === 'string' ? { address: entry } : (entry ?? {})) as Record<string, unknown>;
  const raw = typeof address === 'string' ? address.toWellFormed() : '';
  assertHeaderText(raw, field);
  const trimmed = raw.trim();
  if (!isAddress(trimmed)) throw new MailError('EMAIL_RECIPIENT_INVALID', { params: { address: shortened(trimmed) } });
  return {
    name: assertHeaderText(typeof name === 'string' ? name.trim().toWellFormed() : '', field),
    address: trimmed,
  };
}

function shortened(value: string): string {
  return value.length > 80 ? `${value.slice(0, 77)}…` : value;
}

/** Addresses are compared without regard to case: no server in use distinguishes local parts by case. */
export function sameAddress(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** The first of every address, in order. */
export function uniqueAddresses(list: readonly Address[]): Address[] {
  const seen = new Set<string>();
  return list.filter(({ address }) => {
    const key = address.toLowerCase();
    return seen.has(key) ? false : Boolean(seen.add(key));
  });
}
