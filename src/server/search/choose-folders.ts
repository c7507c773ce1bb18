import { MailError } from '../errors/mail-error';
import type { FolderRow } from '../ports/records';
import type { SearchQuery } from './parse-query';
import { fold } from './tokenize';

type Folder = Pick<FolderRow, 'id' | 'role' | 'name' | 'path'>;

const ANYWHERE = 'anywhere';
const OTHER_NAMES: Readonly<Record<string, string>> = { spam: 'junk', bin: 'trash', deleted: 'trash', draft: 'drafts' };
/** Left out unless somebody asks for them. */
const HIDDEN: readonly (string | null)[] = ['trash', 'junk'];

/**
 * Folders in which a query looks: those it names, by role, name or path; else all but trash and junk. Pure.
 * @throws MailError `EMAIL_SEARCH_FOLDER` for a name that no folder has
 */
export function chooseFolders<Row extends Folder>(wishes: SearchQuery['folders'], folders: readonly Row[]): Row[] {
  const wanted = wishes.filter(({ isNegated }) => !isNegated).map(({ name }) => new Set(called(name, folders)));
  const unwanted = wishes.filter(({ isNegated }) => isNegated).map(({ name }) => new Set(called(name, folders)));
  const start = wanted.length > 0 ? folders : folders.filter(({ role }) => !HIDDEN.includes(role));
  return start.filter(
    (folder) => wanted.every((some) => some.has(folder)) && !unwanted.some((some) => some.has(folder)),
  );
}

function called<Row extends Folder>(name: string, folders: readonly Row[]): readonly Row[] {
  const asked = fold(name);
  if (asked === ANYWHERE) return folders;
  const role = OTHER_NAMES[asked] ?? asked;
  const byRole = folders.filter((folder) => folder.role === role);
  if (byRole.length > 0) return byRole;
  const found = folders.filter((folder) => fold(folder.path) === asked || fold(folder.name) === asked);
  if (found.length === 0) throw new MailError('EMAIL_SEARCH_FOLDER', { params: { folder: name.slice(0, 80) } });
  return found;
}
