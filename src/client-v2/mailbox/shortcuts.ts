import type { KeyboardEvent } from 'react';
import type { WireDraftKind } from '../../shared/wire';

export type Shortcut = 'archive' | 'trash' | 'star' | 'unread';

/** As in Gmail; Delete as everywhere. */
const KEYS: Readonly<Record<string, Shortcut>> = {
  e: 'archive',
  '#': 'trash',
  Delete: 'trash',
  s: 'star',
  U: 'unread',
};

const TYPING = 'input, textarea, select, [contenteditable="true"]';
/** The trigger of an open menu or question keeps the focus; its keys belong to what is open. */
const OPEN = '.ant-dropdown-open, .ant-popover-open';

/** True for a key that was meant for this element: not for a menu of its, which React reports here too, nor for a field. */
export function isOwnKey({ target, currentTarget, defaultPrevented }: KeyboardEvent): boolean {
  if (defaultPrevented || !(target instanceof Element) || !currentTarget.contains(target)) return false;
  return target.closest(`${TYPING}, ${OPEN}`) === null;
}

/** The same for a key without another one that makes it the browser's own. */
export function isPlain(event: KeyboardEvent): boolean {
  return !event.ctrlKey && !event.metaKey && !event.altKey && isOwnKey(event);
}

/** What a key asks for in a list or a conversation; null for the browser's own combinations, and for a key held down. */
export function shortcutOf(event: KeyboardEvent): Shortcut | null {
  if (!isPlain(event) || event.repeat) return null;
  return KEYS[letterOf(event)] ?? null;
}

/** The key that was meant, whatever Caps Lock makes of it. */
export function letterOf({ key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>): string {
  if (key.length > 1) return key;
  return shiftKey ? key.toUpperCase() : key.toLowerCase();
}

/** As in Gmail. */
const ANSWER_KEYS: Readonly<Record<string, Exclude<WireDraftKind, 'new'>>> = {
  r: 'reply',
  a: 'reply-all',
  f: 'forward',
};

/** With what a key answers the open conversation; null for every other one. */
export function answerOf(event: KeyboardEvent): Exclude<WireDraftKind, 'new'> | null {
  if (!isPlain(event) || event.repeat) return null;
  return ANSWER_KEYS[letterOf(event)] ?? null;
}

/** One conversation down the list, or up. */
export type Step = 1 | -1;

const STEPS: Readonly<Record<string, Step>> = { j: 1, k: -1 };
/** Where letters choose among what is shown, or which hold the keyboard while they are open. */
const LETTERS_OF_ITS_OWN =
  '[role="dialog"], .ant-drawer, [role="menu"], [role="tree"], [role="combobox"], [role="radiogroup"]';

/** Where a key leads in the list, wherever in the mailbox it is pressed; null for every other one. Held down, it goes on. */
export function stepOf(event: KeyboardEvent): Step | null {
  if (!isPlain(event) || (event.target as Element).closest(LETTERS_OF_ITS_OWN)) return null;
  return STEPS[letterOf(event)] ?? null;
}

/** The row to which a step leads: from the one with the focus, else from the open one, else into the list; null if that is empty. */
export function rowAfter(
  step: Step,
  { count, focused, open }: { readonly count: number; readonly focused: number; readonly open: number },
): number | null {
  if (count === 0) return null;
  const from = focused >= 0 ? focused : open;
  return from < 0 ? 0 : Math.min(count - 1, Math.max(0, from + step));
}
