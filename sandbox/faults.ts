/** Where something can be made to go wrong. */
export type FaultPlace = 'token' | 'discovery' | 'imap' | 'smtp';

/**
 * One planned failure. `match` narrows it (for example `{ stage: 'auth', user: 'bob@contoso.test' }`); `times` counts it
 * down, without it the fault stays until the next reset.
 */
export interface Fault {
  readonly where: FaultPlace;
  readonly match?: Readonly<Record<string, string>>;
  times?: number;
  /** How many matches to let pass first. */
  skip?: number;
  /** AADSTS number (token), name of a refusal (smtp), or a raw response line with `TAG` (imap). */
  readonly answer?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Cut the connection instead of answering. */
  readonly drop?: boolean;
  readonly delayMs?: number;
}

/** Planned failures of one sandbox. */
export class Faults {
  private list: Fault[] = [];

  add(fault: Fault): void {
    this.list.push({ ...fault });
  }

  clear(): void {
    this.list = [];
  }

  /** The first fault that fits, counted down. */
  take(where: FaultPlace, facts: Readonly<Record<string, string>>): Fault | null {
    const fault = this.list.find((one) => one.where === where && fits(one, facts));
    if (!fault) return null;
    if (fault.skip) {
      fault.skip -= 1;
      return null;
    }
    if (fault.times !== undefined && (fault.times -= 1) <= 0) this.list = this.list.filter((one) => one !== fault);
    return fault;
  }
}

function fits(fault: Fault, facts: Readonly<Record<string, string>>): boolean {
  return Object.entries(fault.match ?? {}).every(
    ([key, value]) => (facts[key] ?? '').toLowerCase() === value.toLowerCase(),
  );
}
