import type { KeyboardEvent } from 'react';

export type Shortcut = 'archive' | 'trash' | 'star' | 'unread';

/** As in Gmail; Delete as everywhere. */
const KEYS: Readonly<Record<string, Shortcut>> = {
  e: 'archive',
  '#': 'trash',
  Delete: 'trash',
  s: 'star',
  u: 'unread',
};

/** What a key asks for in a list or a conversation; null while somebody types, and for the browser's own combinations. */
export function shortcutOf(event: KeyboardEvent): Shortcut | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null;
  if (event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable="true"]'))
    return null;
  return KEYS[event.key] ?? null;
}
