import type { ImapFlow } from 'imapflow';

/**
 * What has the place of a response code and cannot be one: after its name comes a space or the end (RFC 9051 §9, `resp-text-code`). Exchange has been
 * seen to write `[Error="Microsoft.Exchange.…" AuthResultFromPopServer=0 Proxy=…]` there, also in what went well.
 */
const JUNK = /^(\S+ (?:OK|NO|BAD|BYE|PREAUTH) )\[(?=[A-Za-z]+=)/i;
/** Tag, status and the first name. */
const HEAD_BYTES = 200;

/** A line of a server with its junk in round brackets, where it is text like any other; null where there is none. Pure. */
export function withoutJunkCode(line: Buffer): Buffer | null {
  const head = JUNK.exec(line.toString('latin1', 0, HEAD_BYTES));
  if (!head) return null;
  const at = head[1].length;
  return Buffer.concat([line.subarray(0, at), Buffer.from('('), line.subarray(at + 1)]);
}

interface Line {
  readonly payload: Buffer;
}

/**
 * Makes imapflow read such lines. It cannot parse them, and so a command that went well fails: a login would count as refused, and the owner be
 * asked for a new consent. Call before `connect`.
 */
export function readJunkAsText(client: ImapFlow): void {
  const reader = client as unknown as { handleResponse: (line: Line) => Promise<boolean> };
  const handle = reader.handleResponse.bind(client);
  reader.handleResponse = (line) => {
    const payload = withoutJunkCode(line.payload);
    return handle(payload ? { ...line, payload } : line);
  };
}
