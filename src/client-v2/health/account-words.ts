import { textKey } from '../../shared/text-key';
import type { WireAccountState, WireHealth, WireHealthPage } from '../../shared/wire';
import type { Translate } from '../locale';

/** Names of the states for somebody whose mailbox it is not. */
export const STATE_NAMES: Readonly<Record<WireAccountState, string>> = {
  linking: textKey('Not started by its owner'),
  active: textKey('In sync'),
  'backing-off': textKey('Waiting to try again'),
  'needs-reconnect': textKey('Its owner needs to sign in again'),
  disabled: textKey('Switched off'),
};

/** What the table can be narrowed to, with how many accounts there are of each; null where that is not known yet. */
export function stateOptions(
  states: WireHealthPage['states'] | null,
  t: Translate,
): { value: string; label: string }[] {
  const label = (name: string, count: number): string => (states ? `${t(name)} (${count})` : t(name));
  const total = Object.values(states ?? {}).reduce((sum, count) => sum + count, 0);
  return [
    { value: '', label: label(textKey('All states'), total) },
    ...Object.entries(STATE_NAMES).map(([value, name]) => ({
      value,
      label: label(name, states?.[value as WireAccountState] ?? 0),
    })),
  ];
}

/** What is still to come of an account and of what its owner has done; nothing is said of what there is none of. */
export function wordsOnTheWay(
  { missingCount, operationCount }: Pick<WireHealth, 'missingCount' | 'operationCount'>,
  t: Translate,
): string[] {
  return [
    missingCount > 0 ? t('{{count}} still to be fetched', { count: missingCount }) : null,
    operationCount === 1 ? t('One change on its way') : null,
    operationCount > 1 ? t('{{count}} changes on their way', { count: operationCount }) : null,
  ].filter((text) => text !== null);
}
