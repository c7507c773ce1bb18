/** Time for a list: the hour today, the day this year, the date before. In the user's language. */
export function shortTime(time: number, language: string, now = Date.now()): string {
  const date = new Date(time);
  const today = new Date(now);
  if (date.toDateString() === today.toDateString()) return date.toLocaleTimeString(language, { timeStyle: 'short' });
  if (date.getFullYear() === today.getFullYear())
    return date.toLocaleDateString(language, { month: 'short', day: 'numeric' });
  return date.toLocaleDateString(language, { year: 'numeric', month: '2-digit', day: '2-digit' });
}

export function longTime(time: number, language: string): string {
  return new Date(time).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
}

/** To the second, for a log. */
export function exactTime(time: number, language: string): string {
  return new Date(time).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** Bytes for people, in steps of 1024. */
export function fileSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  const power = Math.min(units.length - 1, bytes > 0 ? Math.floor(Math.log2(bytes) / 10) : 0);
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** First letters for an avatar: of two words, or the first two letters of a name without spaces in CJK the first one. */
export function initials(name: string): string {
  const words = name
    .replace(/["'<>()]/g, '')
    .split(/[\s.@_-]+/)
    .filter(Boolean);
  const letters = words.length > 1 ? [...words[0]][0] + [...words[1]][0] : ([...(words[0] ?? '?')][0] ?? '?');
  return letters.toUpperCase();
}

const HUES = ['blue', 'cyan', 'green', 'orange', 'magenta', 'purple', 'geekblue', 'volcano'] as const;

/** One hue of the theme's palettes per address, always the same. */
export function avatarHue(address: string): (typeof HUES)[number] {
  let hash = 0;
  for (const character of address) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return HUES[hash % HUES.length];
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** “3 minutes ago”, “in 2 hours”; less than a minute is “now”. In the user's language. */
export function timeFrom(time: number, now: number, language: string): string {
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const distance = time - now;
  const [unit, size] = STEPS.find(([, ms]) => Math.abs(distance) >= ms) ?? ['second', Infinity];
  return words.format(size === Infinity ? 0 : Math.round(distance / size), unit);
}
