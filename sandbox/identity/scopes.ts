import { RESOURCES, RIGHTS } from '../world';

const OIDC = new Set(['openid', 'profile', 'email', 'offline_access']);

export interface ParsedScopes {
  readonly oidc: string[];
  /** Resource → full names of the rights asked of it. */
  readonly byResource: Map<string, string[]>;
  readonly unknown: string[];
}

/** Splits a scope parameter as Entra does: full names belong to their resource, bare ones to Graph. */
export function parseScopes(scope: string | null): ParsedScopes {
  const parsed: ParsedScopes = { oidc: [], byResource: new Map(), unknown: [] };
  for (const token of (scope ?? '').split(/\s+/).filter(Boolean)) {
    if (OIDC.has(token)) parsed.oidc.push(token);
    else addRight(parsed, token);
  }
  return parsed;
}

function addRight(parsed: ParsedScopes, token: string): void {
  const full = /^(https:\/\/[^/]+)\/+(.+)$/.exec(token);
  const resource = full ? full[1] : RESOURCES.graph;
  const name = full ? full[2] : token;
  const right =
    name === '.default' ? name : RIGHTS[resource]?.find((known) => known.toLowerCase() === name.toLowerCase());
  if (!right) parsed.unknown.push(token);
  else parsed.byResource.set(resource, [...(parsed.byResource.get(resource) ?? []), `${resource}/${right}`]);
}

export function resourceOf(scope: string): string {
  return /^(https:\/\/[^/]+)/.exec(scope)?.[1] ?? RESOURCES.graph;
}
