import { randomUUID } from 'node:crypto';

interface Shape {
  readonly status: number;
  readonly error: string;
  readonly text: string;
  readonly suberror?: string;
}

/** Entra's error numbers that a mail client meets, with the OAuth error and HTTP status they come with. */
const SHAPES: Readonly<Record<string, Shape>> = {
  AADSTS50076: {
    status: 400,
    error: 'interaction_required',
    text: 'You must use multi-factor authentication to access the resource.',
    suberror: 'basic_action',
  },
  AADSTS50173: {
    status: 400,
    error: 'invalid_grant',
    text: 'The provided grant has expired due to it being revoked, a fresh auth token is needed.',
    suberror: 'bad_token',
  },
  AADSTS53003: {
    status: 400,
    error: 'invalid_grant',
    text: 'Access has been blocked by Conditional Access policies.',
    suberror: 'message_only',
  },
  AADSTS54005: { status: 400, error: 'invalid_grant', text: 'OAuth2 Authorization code was already redeemed.' },
  AADSTS501481: {
    status: 400,
    error: 'invalid_grant',
    text: 'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
  },
  AADSTS65001: {
    status: 400,
    error: 'invalid_grant',
    text: 'The user or administrator has not consented to use the application.',
    suberror: 'consent_required',
  },
  AADSTS70000: {
    status: 400,
    error: 'invalid_grant',
    text: 'The provided value for the input parameter is not valid.',
  },
  AADSTS70008: {
    status: 400,
    error: 'invalid_grant',
    text: 'The provided authorization code or refresh token has expired due to inactivity.',
  },
  AADSTS700082: {
    status: 400,
    error: 'invalid_grant',
    text: 'The refresh token has expired due to inactivity.',
    suberror: 'token_expired',
  },
  AADSTS9002313: { status: 400, error: 'invalid_grant', text: 'Invalid request. Request is malformed or invalid.' },
  AADSTS28000: {
    status: 400,
    error: 'invalid_request',
    text: 'The scope is not valid because it contains more than one resource.',
  },
  AADSTS70011: {
    status: 400,
    error: 'invalid_scope',
    text: "The provided value for the input parameter 'scope' is not valid.",
  },
  AADSTS700016: { status: 400, error: 'unauthorized_client', text: 'Application was not found in the directory.' },
  AADSTS7000215: {
    status: 401,
    error: 'invalid_client',
    text: 'Invalid client secret provided. Ensure the secret being sent is the client secret value, not the client secret ID.',
  },
  AADSTS7000222: { status: 401, error: 'invalid_client', text: 'The provided client secret keys for app are expired.' },
  AADSTS90002: {
    status: 400,
    error: 'invalid_request',
    text: 'Tenant not found. Check to make sure you have the correct tenant ID.',
  },
  AADSTS90033: {
    status: 503,
    error: 'temporarily_unavailable',
    text: 'A transient error has occurred. Please try again.',
  },
};

export interface EntraError {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Error body as Entra's v2 endpoints write it. */
export function entraError(code: string): EntraError {
  const { status, error, text, suberror } = SHAPES[code] ?? { status: 400, error: 'invalid_request', text: code };
  const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const trace = randomUUID();
  const correlation = randomUUID();
  return {
    status,
    body: {
      error,
      error_description: `${code}: ${text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
      error_codes: [Number(code.replace('AADSTS', ''))],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      ...(suberror ? { suberror } : {}),
    },
  };
}

/** Which number stands behind an error of oidc-provider at the token endpoint. */
export function tokenErrorCode(error: string, detail: string, grant: string): string {
  if (error === 'invalid_client') return /client not found|is invalid$/.test(detail) ? 'AADSTS700016' : 'AADSTS7000215';
  if (/PKCE|verif/i.test(detail)) return 'AADSTS501481';
  if (/already (used|consumed)/.test(detail)) return grant === 'authorization_code' ? 'AADSTS54005' : 'AADSTS70000';
  if (/expired/.test(detail)) return grant === 'refresh_token' ? 'AADSTS700082' : 'AADSTS70008';
  if (/not found/.test(detail)) return 'AADSTS9002313';
  return 'AADSTS70000';
}
