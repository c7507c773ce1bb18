/** What imapflow's compiler is given: an answer or a command, or one attribute alone. */
interface Compiled {
  readonly tag?: string;
  readonly command?: string;
  readonly attributes?: readonly unknown[];
}

interface Options {
  readonly isLogging?: boolean;
}

interface Token {
  readonly type?: string;
  readonly value?: unknown;
  readonly section?: unknown;
  readonly partial?: unknown;
}

const NOTHING = Buffer.alloc(0);
const NUMBER = /^\d+$/;
/** Written as it is: nothing that an atom (RFC 9051 §9) may not hold, and nothing that would be quoted. */
const PLAIN = /^[A-Za-z0-9.-]+$/;

/**
 * What imapflow's compiler would answer where that is known without its work; null where it has to be asked. It is called once for every answer
 * to a FETCH, for a log that nobody reads, and again for each name in it: a sixth of all garbage of a first synchronisation.
 * The build puts this in front of the compiler (scripts/quicken-imapflow.ts). Pure.
 */
export function quickCompile(what: Compiled, options?: Options): Buffer | null {
  if (options?.isLogging) return isFetched(what) ? NOTHING : null;
  return options ? null : plainName(what);
}

const isFetched = ({ tag, command, attributes }: Compiled): boolean =>
  tag === '*' && NUMBER.test(command ?? '') && (attributes?.[0] as Token | null | undefined)?.value === 'FETCH';

function plainName({ tag, command, attributes }: Compiled): Buffer | null {
  if (tag !== undefined || command !== undefined || attributes?.length !== 1) return null;
  const name = attributes[0] as Token | null;
  return isAtom(name) && PLAIN.test(name.value) ? Buffer.from(name.value) : null;
}

function isAtom(token: Token | null): token is Token & { readonly value: string } {
  return token?.type === 'ATOM' && typeof token.value === 'string' && !token.section && !token.partial;
}
