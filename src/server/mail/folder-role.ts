/** What a folder is for: the special uses of RFC 6154, plus the inbox. */
export const FOLDER_ROLES = ['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash'] as const;
export type FolderRole = (typeof FOLDER_ROLES)[number];

const BY_ATTRIBUTE: Readonly<Record<string, FolderRole>> = {
  '\\Inbox': 'inbox',
  '\\Drafts': 'drafts',
  '\\Sent': 'sent',
  '\\Archive': 'archive',
  '\\Junk': 'junk',
  '\\Trash': 'trash',
};

/** Role of a folder from its special-use attribute, however the session learned it (RFC 6154, LIST, or the name). */
export function folderRole(path: string, specialUse: string | null): FolderRole | null {
  if (path.toUpperCase() === 'INBOX') return 'inbox';
  return (specialUse && BY_ATTRIBUTE[specialUse]) || null;
}

/** Order in a folder list: the roles first, then the others by name. */
export function folderRank(role: string | null): number {
  const index = FOLDER_ROLES.indexOf(role as FolderRole);
  return index < 0 ? FOLDER_ROLES.length : index;
}
