import { textKey } from '../../shared/text-key';
import type { WireFolder } from '../../shared/wire';
import type { Translate } from '../locale';

const ROLE_NAMES: Readonly<Record<string, string>> = {
  inbox: textKey('Inbox'),
  drafts: textKey('Drafts'),
  sent: textKey('Sent'),
  archive: textKey('Archive'),
  junk: textKey('Junk'),
  trash: textKey('Trash'),
};

/** True for a folder that is known by what it is for, whatever the server calls it. */
export function hasRoleName(folder: WireFolder): boolean {
  return folder.role !== null && Object.hasOwn(ROLE_NAMES, folder.role);
}

/** Name of a folder for people: of its role in their language, else as the server has it. */
export function folderName(folder: WireFolder, t: Translate): string {
  return hasRoleName(folder) ? t(ROLE_NAMES[folder.role as string]) : folder.name;
}

/** Name of a folder where it stands alone: two folders may be called the same below different ones. */
export function folderPath(folder: WireFolder, t: Translate): string {
  return hasRoleName(folder) ? folderName(folder, t) : folder.path;
}
