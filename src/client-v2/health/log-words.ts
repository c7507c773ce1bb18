import type { WireLogLine } from '../../shared/wire';
import type { Translate } from '../locale';

/**
 * A line of the sync log for people. `folderName` names the folder of a line; its event alone tells nobody anything.
 * Events of later editions are shown by what came of them.
 */
export function logWords({ event, error, counts }: WireLogLine, folderName: string | null, t: Translate): string {
  const folder = folderName ?? t('A folder that is gone');
  const reason = error ? t(error.code, error.params) : '';
  if (event === 'synced') return t('Everything is up to date.');
  if (event === 'failed') return reason || t('EMAIL_UNEXPECTED');
  if (event === 'folder-failed' || event === 'operation-refused')
    return t('{{folder}}: {{reason}}', { folder, reason });
  if (event === 'operation-moved' || event === 'operation-erased') return doneWords(event, counts, folder, t);
  return t('{{folder}}: {{reason}}', { folder, reason: broughtWords(counts, t) });
}

/** What a look brought; nothing is said of what there was none of. */
function broughtWords({ listed = 0, changed = 0, forgotten = 0 }: WireLogLine['counts'], t: Translate): string {
  const parts = [
    listed > 0 ? t('{{count}} new', { count: listed }) : null,
    changed > 0 ? t('{{count}} changed', { count: changed }) : null,
    forgotten > 0 ? t('{{count}} gone', { count: forgotten }) : null,
  ].filter((part) => part !== null);
  return parts.length > 0 ? parts.join(t(', ')) : t('nothing new');
}

function doneWords(
  event: 'operation-moved' | 'operation-erased',
  { moved = 0, erased = 0 }: WireLogLine['counts'],
  folder: string,
  t: Translate,
): string {
  return event === 'operation-moved'
    ? t('{{folder}}: {{count}} moved there by you', { folder, count: moved })
    : t('{{folder}}: {{count}} deleted for ever by you', { folder, count: erased });
}
