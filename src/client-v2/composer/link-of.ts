const LINK = /^(https?:\/\/|mailto:)\S+$/i;

/** What the writer typed as a link: an address without a scheme becomes https; null when it is none. */
export function linkOf(text: string): string | null {
  const typed = text.trim();
  if (LINK.test(typed)) return typed;
  return /^[^\s:/]+\.[^\s:]+$/.test(typed) ? `https://${typed}` : null;
}
