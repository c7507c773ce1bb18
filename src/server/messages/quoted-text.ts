/** How mail programs announce what they quote: “On … wrote:”, “Am … schrieb …:”, 写道：, のメール：, or “date, name:”. */
const HEAD_LINE =
  /(?:wrote|schrieb|writes|écrit|escribió|scritto|schreef|写道|寫道|wrote the following|書きました)\s*[:：]?\s*$|[:：]\s*$/iu;
/** Outlook and others put the original below a ruler or below its header fields, without marking its lines. */
const RULER =
  /^\s*(?:-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|原始邮件|元のメッセージ)\s*-{2,}|_{16,})\s*$/iu;
const FROM_FIELD = /^\s*\*?(?:from|von|de|发件人|寄件者|差出人)\s*[:：]/iu;
const DATE_FIELD = /^\s*\*?(?:sent|date|gesendet|datum|envoyé|fecha|发送时间|日期|送信日時|日時)\s*[:：]/iu;

const isQuoted = (line: string): boolean => /^\s*>/.test(line);
const isBlank = (line: string): boolean => line.trim() === '';

/**
 * The writer's own words of a plain text: without quoted lines, the line that announces them, and the original below an
 * Outlook-like head. A mail that would be empty then (a bare forward) is answered whole. Pure; linear in the input.
 */
export function ownWords(text: string): string {
  // Not by an expression that begins with a CR that may be missing: it is tried at every letter.
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  const end = lines.findIndex((line, at) => RULER.test(line) || isOutlookHead(lines, at));
  const upper = end < 0 ? lines : lines.slice(0, end);
  const dropped = new Set<number>();
  upper.forEach((line, at) => {
    if (!isQuoted(line)) return;
    dropped.add(at);
    if (at === 0 || isQuoted(upper[at - 1])) return;
    for (const head of headAbove(upper, at)) dropped.add(head);
  });
  const own = upper.filter((_line, at) => !dropped.has(at)).join('\n');
  return isBlank(own) ? text : own;
}

/** Lines above a quote that announce it: one, or two when a mail program broke it; blank lines may lie between. */
function headAbove(lines: readonly string[], quote: number): number[] {
  let at = quote - 1;
  while (at >= 0 && quote - at <= 3 && isBlank(lines[at])) at -= 1;
  if (at < 0 || !HEAD_LINE.test(lines[at].slice(-200))) return [];
  const isBroken =
    at > 0 && /^\s*(?:on|am|le|el)\s/iu.test(lines[at - 1]) && !/^\s*(?:on|am|le|el)\s/iu.test(lines[at]);
  return isBroken ? [at - 1, at] : [at];
}

function isOutlookHead(lines: readonly string[], at: number): boolean {
  return FROM_FIELD.test(lines[at]) && lines.slice(at + 1, at + 4).some((line) => DATE_FIELD.test(line));
}
