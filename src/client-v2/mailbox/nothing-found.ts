import { textKey } from '../../shared/text-key';

/** Names that the server's search knows trash, junk, or all folders by (`choose-folders.ts`), behind `in:` as it reads it. */
const NAMES_HIDDEN = /(?:^|\s|-)in[:：]\s*["“]?(?:anywhere|trash|bin|deleted|junk|spam)(?=["”]|\s|$)/iu;

/** What is said when a search found nothing (a key to be translated): where else to look, unless it was looked there. Pure. */
export function nothingFound(query: string): string {
  return NAMES_HIDDEN.test(query)
    ? textKey('Nothing was found.')
    : textKey('Nothing was found. Trash and junk are searched with in:anywhere.');
}
