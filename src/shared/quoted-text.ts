/** How mail programs announce what they quote: “On … wrote:”, “Am … schrieb …:”, 写道：, のメール：, or “date, name:”. */
export const HEAD_LINE =
  /(?:wrote|schrieb|writes|écrit|escribió|scritto|schreef|写道|寫道|wrote the following|書きました)\s*[:：]?\s*$|[:：]\s*$/iu;
/** Outlook and others put the original below a ruler or below its header fields, without marking its lines. */
const RULER =
  /^\s*(?:-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|原始邮件|元のメッセージ)\s*-{2,}|_{16,})\s*$/iu;
/** Names of header fields in the languages of those who write. */
export const FROM_WORDS = 'from|von|de|发件人|寄件者|差出人';
export const DATE_WORDS = 'sent|date|gesendet|datum|envoyé|fecha|发送时间|日期|送信日時|日時';
const FROM_FIELD = new RegExp(`^\\s*\\*?(?:${FROM_WORDS})\\s*[:：]`, 'iu');
const DATE_FIELD = new RegExp(`^\\s*\\*?(?:${DATE_WORDS})\\s*[:：]`, 'iu');

/** Forwarded mail is what a mail is about, whatever it looks like; programs say so in the subject, and some above it. */
const FORWARD_SUBJECT = /^\s*(?:fwd?|wg|tr|rv|enc|转发|轉寄|転送)\s*[:：]/iu;
const FORWARD_LINE =
  /-{3,}\s*(?:forwarded message|weitergeleitete nachricht|message transféré|转发邮件|転送メッセージ)/iu;

/**
 * Whether a mail hands on another one instead of answering it. Pure.
 * @param original the text that may be the other one, from its first words on
 */
export const isForward = (subject: string, original: string): boolean =>
  FORWARD_SUBJECT.test(subject) || FORWARD_LINE.test(original.slice(0, 200));

const isQuoted = (line: string): boolean => /^\s*>/.test(line);
const isBlank = (line: string): boolean => line.trim() === '';

/**
 * The writer's own words of a plain text: without quoted lines, the line that announces them, and the original below an
 * Outlook-like head. A mail that would be empty then (a bare forward) is answered whole. Pure; linear in the input.
 */
export function ownWords(text: string): string {
  const { lines, quoted } = linesOf(text);
  const own = lines.filter((_line, at) => !quoted.has(at)).join('\n');
  return isBlank(own) ? text : own;
}

/** A piece of a text, whole lines. */
export interface TextRun {
  readonly text: string;
  /** Repeats what others wrote, and is not needed to understand what stands around it: the end of the mail, or longer than a glance. */
  readonly isFolded: boolean;
}

/** Quotes of so many lines are read by those who want to; shorter ones are what an answer below them answers. */
const GLANCE = 8;

/** A plain text in pieces, quotes apart, in order and nothing left out. A mail of nothing but quotes, or a forward, is one piece. Pure; linear in the input. */
export function foldQuotes(text: string, subject: string): TextRun[] {
  const { lines, quoted } = linesOf(text);
  const last = lines.findLastIndex((line, at) => !quoted.has(at) && !isBlank(line));
  if (
    last < 0 ||
    isForward(
      subject,
      lines
        .slice(last + 1, last + 20)
        .join('\n')
        .trim(),
    )
  )
    return [{ text, isFolded: false }];
  const runs: { from: number; to: number; isQuoted: boolean }[] = [];
  lines.forEach((line, at) => {
    const run = runs.at(-1);
    const isSame = run && (run.isQuoted === quoted.has(at) || (run.isQuoted && isBlank(line)));
    if (isSame) run.to = at + 1;
    else runs.push({ from: at, to: at + 1, isQuoted: quoted.has(at) });
  });
  return runs.map(({ from, to, isQuoted }) => ({
    text: lines.slice(from, to).join('\n'),
    isFolded: isQuoted && (from > last || to - from > GLANCE),
  }));
}

/** Lines of a text, and which of them are quoted. */
function linesOf(text: string): { lines: string[]; quoted: ReadonlySet<number> } {
  // Not by an expression that begins with a CR that may be missing: it is tried at every letter.
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  const end = lines.findIndex((line, at) => RULER.test(line) || isOutlookHead(lines, at));
  const upper = end < 0 ? lines : lines.slice(0, end);
  const quoted = new Set<number>();
  upper.forEach((line, at) => {
    if (!isQuoted(line)) return;
    quoted.add(at);
    if (at === 0 || isQuoted(upper[at - 1])) return;
    for (const head of headAbove(upper, at)) quoted.add(head);
  });
  for (let at = upper.length; at < lines.length; at += 1) quoted.add(at);
  return { lines, quoted };
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
