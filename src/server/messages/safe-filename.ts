const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'message/rfc822': 'eml',
  'text/calendar': 'ics',
  'text/html': 'html',
  'text/plain': 'txt',
  'message/delivery-status': 'txt',
};

/**
 * A name for a received file that can be shown and saved anywhere: no path, no control or direction-changing
 * characters (a RLO makes `gpj.exe` look like a picture), no leading dot, no trailing dot or space, at most 200 characters.
 */
export function safeFilename(name: string, type: string, part: string): string {
  const last = name.slice(0, 1_000).toWellFormed().split(/[\\/]/).pop() ?? '';
  const clean = last
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"|?*]/gu, '')
    .replace(/^\.+/, '')
    .replace(/[. ]+$/, '')
    .trim();
  if (!clean) return `attachment-${part.replace(/[^\w.]/g, '')}.${EXTENSIONS[type] ?? 'bin'}`;
  return clean.length <= 200 ? clean : `${clean.slice(0, 180)}${/\.\w{1,10}$/.exec(clean)?.[0] ?? ''}`;
}
