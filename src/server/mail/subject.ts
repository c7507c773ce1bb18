const MARK =
  /^\s*(?:(?:re|aw|sv|vs|ref|rif|odp|antw|antwort|fwd?|wg|tr|rv|enc|i|回复|回覆|答复|转发|轉寄|返信|転送)\s*(?:\[\d+\]|\(\d+\))?\s*[:：]\s*)/i;

/** The subject without its reply and forward marks in the languages mail clients write, spaces folded. */
export function baseSubject(subject: string): string {
  let rest = subject.replace(/\s+/g, ' ').trim();
  for (let next = rest.replace(MARK, ''); next !== rest; next = rest.replace(MARK, '')) rest = next;
  return rest.trim();
}

/** `Re: …`, added once (RFC 5322 §3.6.5). */
export function replySubject(subject: string): string {
  return `Re: ${baseSubject(subject)}`.trim();
}

export function forwardSubject(subject: string): string {
  return `Fwd: ${baseSubject(subject)}`.trim();
}
