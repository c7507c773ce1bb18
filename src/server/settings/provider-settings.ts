import { DEFAULT_POLL_MINUTES } from '../../shared/limits';
import { MailError } from '../errors/mail-error';
import type { ErrorCode } from '../../shared/error-codes';
import type { ProviderSettings } from '../ports/provider';
import { CLOUDS, isCloudName, type CloudName } from './clouds';

/** Settings as the administrator entered them; an empty string means "use the cloud's default". */
export interface StoredSettings {
  readonly cloud: CloudName;
  readonly clientId: string;
  readonly tenant: string;
  readonly authorityHost: string;
  readonly graphHost: string;
  readonly imapHost: string;
  readonly imapPort: number | null;
  readonly smtpHost: string;
  readonly smtpPort: number | null;
  /** Origin under which browsers reach this NocoBase, for example `https://crm.example.com`. */
  readonly publicBaseUrl: string;
  readonly pollMinutes: number;
}

const TENANT =
  /^(common|organizations|consumers|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z0-9-]+(\.[a-z0-9-]+)+)$/i;
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const ENV_TEMPLATE = /^\{\{\s*\$env\.[A-Za-z_]\w*\s*\}\}$/;

/** `{{$env.X}}`, which NocoBase renders from its environment variables; it names a secret and is none. */
export function isEnvTemplate(value: string): boolean {
  return ENV_TEMPLATE.test(value.trim());
}

/**
 * Trims and checks what the settings form sent. Pasted values often bring spaces and line ends along.
 * @throws MailError with the code of the first field that is wrong
 */
export function parseSettings(input: Readonly<Record<string, unknown>>): StoredSettings {
  const clientId = text(input.clientId);
  // No variable here: everybody who links a mailbox sees the client ID in the address of the sign-in page.
  if (!clientId || /\s/.test(clientId) || clientId.includes('{{')) {
    throw new MailError('EMAIL_SETTING_CLIENT_ID');
  }
  return {
    cloud: cloudOf(input.cloud),
    clientId,
    tenant: checked(text(input.tenant), (value) => TENANT.test(value), 'EMAIL_SETTING_TENANT', 'tenant'),
    authorityHost: origin(input.authorityHost, 'authorityHost', false),
    graphHost: origin(input.graphHost, 'graphHost', false),
    imapHost: host(input.imapHost, 'imapHost'),
    imapPort: port(input.imapPort, 'imapPort'),
    smtpHost: host(input.smtpHost, 'smtpHost'),
    smtpPort: port(input.smtpPort, 'smtpPort'),
    publicBaseUrl: origin(input.publicBaseUrl, 'publicBaseUrl', true),
    pollMinutes: pollMinutes(input.pollMinutes),
  };
}

/** Origin of the sign-in service, which is sent the client secret. */
export function signInHost(stored: StoredSettings): string {
  return stored.authorityHost || CLOUDS[stored.cloud].authorityHost;
}

/**
 * The sign-in host is sent the client secret (perhaps out of a variable of NocoBase) and the refresh tokens of all mailboxes, which MSAL keeps
 * for the account and sends to whatever authority is set. So it is one of the clouds', or one the operator names (`trusted`); an entry without
 * a port stands for all of them.
 * @throws MailError `EMAIL_SETTING_SIGN_IN_HOST`
 */
export function assertSignInHost(stored: StoredSettings, trusted: readonly string[]): void {
  const known = [...Object.values(CLOUDS).map((cloud) => cloud.authorityHost as string), ...trusted];
  const host = signInHost(stored);
  if (!known.includes(host) && !known.includes(host.replace(/:\d+$/, '')))
    throw new MailError('EMAIL_SETTING_SIGN_IN_HOST');
}

/**
 * Access tokens are shown to the mail hosts, and whoever holds one reads the mailbox: an administrator of the settings, who may not read
 * mail, could have them sent to a host of his own. So they go to the hosts of the clouds and to those the operator names (`trusted`).
 * @throws MailError `EMAIL_SETTING_MAIL_HOST`
 */
export function assertMailHosts(stored: StoredSettings, trusted: readonly string[]): void {
  const clouds = Object.values(CLOUDS).flatMap((cloud): string[] => [cloud.imapHost, cloud.smtpHost]);
  const known = new Set([...clouds, ...trusted].map((name) => name.toLowerCase()));
  for (const field of ['imapHost', 'smtpHost'] as const) {
    const wanted = stored[field].toLowerCase();
    if (wanted && !known.has(wanted)) throw new MailError('EMAIL_SETTING_MAIL_HOST', { params: { field } });
  }
}

/** Hosts beside the clouds' own that the operator of the server trusts. */
export interface TrustedHosts {
  /** Origins of sign-in services that may be sent the client secret and refresh tokens. */
  readonly signIn: readonly string[];
  /** Names of hosts that may be sent access tokens. */
  readonly mail: readonly string[];
}

/** Both of the checks above. @throws MailError as they do */
export function assertTrusted(stored: StoredSettings, { signIn, mail }: TrustedHosts): void {
  assertSignInHost(stored, signIn);
  assertMailHosts(stored, mail);
}

/** Fills blanks with the cloud's values. `render` replaces `{{$env.X}}`; undefined means that no such variable exists. */
export function completeSettings(
  name: string,
  stored: StoredSettings,
  clientSecret: string,
  render: (template: string) => string | undefined,
): ProviderSettings {
  const cloud = CLOUDS[stored.cloud];
  return {
    name,
    clientId: stored.clientId,
    clientSecret: rendered(clientSecret, render),
    tenant: stored.tenant || 'common',
    authorityHost: signInHost(stored),
    graphHost: stored.graphHost || cloud.graphHost,
    imapHost: stored.imapHost || cloud.imapHost,
    imapPort: stored.imapPort ?? 993,
    smtpHost: stored.smtpHost || cloud.smtpHost,
    smtpPort: stored.smtpPort ?? 587,
    outlookResource: cloud.outlookResource,
    pollMinutes: stored.pollMinutes,
  };
}

function rendered(value: string, render: (template: string) => string | undefined): string {
  if (!isEnvTemplate(value)) return value;
  const out = render(value)?.trim();
  if (!out || isEnvTemplate(out)) throw new MailError('EMAIL_ENV_VARIABLE_MISSING', { params: { variable: value } });
  return out;
}

/** Blank is the worldwide cloud; a misspelt one must not quietly become it. */
function cloudOf(value: unknown): CloudName {
  if (value === undefined || value === null || value === '') return 'global';
  if (!isCloudName(value)) throw new MailError('EMAIL_INVALID_INPUT', { params: { field: 'cloud' } });
  return value;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

function checked(value: string, isGood: (value: string) => boolean, code: ErrorCode, field: string): string {
  if (value && !isGood(value)) throw new MailError(code, { params: { field } });
  return value;
}

function host(value: unknown, field: string): string {
  return checked(text(value), (host) => HOST.test(host), 'EMAIL_SETTING_HOST', field);
}

/** An origin without a path. Only `publicBaseUrl` may be http: plain http on localhost is how people try things out. */
function origin(value: unknown, field: string, mayBeHttp: boolean): string {
  const raw = text(value).replace(/\/+$/, '');
  if (!raw) return '';
  const url = URL.canParse(raw) ? new URL(raw) : null;
  const isGood =
    url && (url.protocol === 'https:' || (mayBeHttp && url.protocol === 'http:')) && url.origin === raw.toLowerCase();
  if (!isGood) throw new MailError('EMAIL_SETTING_URL', { params: { field } });
  return url.origin;
}

function port(value: unknown, field: string): number | null {
  if (value === undefined || value === null || value === '') return null;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 65535)
    throw new MailError('EMAIL_SETTING_PORT', { params: { field } });
  return number;
}

function pollMinutes(value: unknown): number {
  if (value === undefined || value === null || value === '') return DEFAULT_POLL_MINUTES;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 1440) throw new MailError('EMAIL_SETTING_POLL');
  return number;
}
