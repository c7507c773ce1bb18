const DAY = /^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?$/;

/**
 * Midnight at which a day, a month or a year begins for somebody (`2026-11-26`, `2026/11`, `2026`), in ms since 1970.
 * @param timeZone of the IANA database; UTC when it is none
 * @returns null when the text is no date
 */
export function startOf(text: string, timeZone: string): number | null {
  const match = DAY.exec(text);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1)];
  const utc = Date.UTC(year, month - 1, day);
  const back = new Date(utc);
  if (back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day) return null;
  // The offset at that midnight is that of the moment it leads to; once more for the days on which clocks change.
  return utc - offsetAt(utc - offsetAt(utc, timeZone), timeZone);
}

/** How far a zone's clocks are ahead of UTC, in ms. */
function offsetAt(time: number, timeZone: string): number {
  const format = formatFor(timeZone);
  if (!format) return 0;
  const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  const local = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour % 24, parts.minute, parts.second);
  return local - Math.floor(time / 1_000) * 1_000;
}

function formatFor(timeZone: string): Intl.DateTimeFormat | null {
  try {
    const numeric = 'numeric';
    const date = { year: numeric, month: numeric, day: numeric } as const;
    const clock = { hour: numeric, minute: numeric, second: numeric, hourCycle: 'h23' } as const;
    return new Intl.DateTimeFormat('en-US', { timeZone, ...date, ...clock });
  } catch {
    return null;
  }
}
