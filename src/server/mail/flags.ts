/** System flags (RFC 9051 §2.3.2), and keywords as the server spells them. */
export type Flags = ReadonlySet<string>;

/** System flags that mean something here; case makes no difference in them (RFC 9051 §2.3.2). */
const SYSTEM_FLAGS = new Map(
  ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft', '\\Recent'].map((flag) => [flag.toLowerCase(), flag]),
);

/** The same flags, with system flags as the RFC writes them. */
export function spelled(flags: Flags): Flags {
  return new Set([...flags].map((flag) => SYSTEM_FLAGS.get(flag.toLowerCase()) ?? flag));
}

/** A wish of the user: an operation, not a state, so that there is nothing to merge with the server's. */
export interface FlagChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

export function applyChange(flags: Flags, change: FlagChange): Flags {
  const out = new Set(flags);
  for (const flag of change.add) out.add(flag);
  for (const flag of change.remove) out.delete(flag);
  return out;
}

/** `\Recent` says nothing about the message and is ignored (removed by RFC 9051). */
export function sameFlags(a: Flags, b: Flags): boolean {
  const without = (flags: Flags) => [...flags].filter((flag) => flag !== '\\Recent');
  const left = without(a);
  return left.length === without(b).length && left.every((flag) => b.has(flag));
}

/** The later wish wins; the earlier one keeps what the later does not touch. */
export function combineChanges(earlier: FlagChange | null, later: FlagChange): FlagChange {
  if (!earlier) return later;
  const touched = new Set([...later.add, ...later.remove]);
  const keep = (flags: readonly string[]) => flags.filter((flag) => !touched.has(flag));
  return { add: [...keep(earlier.add), ...later.add], remove: [...keep(earlier.remove), ...later.remove] };
}
