import type { InputRef } from 'antd';
import { useRef, useState, type KeyboardEvent } from 'react';
import type { Answering } from '../reading/ThreadView';
import { KeysHelp } from './KeysHelp';
import { answerOf, isPlain, letterOf } from './shortcuts';
import type { ThreadActions } from './use-thread-actions';
import type { View } from './use-view';

/**
 * Keys that count anywhere in the mailbox.
 * @returns `search` and `answering` are for whoever shows the search box and the open conversation
 */
export function useMailboxKeys(view: View, actions: ThreadActions, write: () => void) {
  const answering = useRef<Answering | null>(null);
  const search = useRef<InputRef>(null);
  const [showsHelp, setShowsHelp] = useState(false);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (focusSearch(event, search.current)) return;
    const begins = mailBegunBy(event, answering.current, write);
    // The list of keys takes the focus a moment after it shows.
    if (showsHelp && event.key === 'Escape') setShowsHelp(false);
    else if (isPlainKey(event, '?')) setShowsHelp(true);
    else if (isPlainKey(event, 'z')) actions.undo();
    else if (begins) {
      // Or the letter would be written into the mail that it begins.
      event.preventDefault();
      begins();
    } else if (isPlainKey(event, 'j') && event.target === event.currentTarget) focusList(event.currentTarget);
    else closeThread(event, view);
  };
  const help = <KeysHelp isOpen={showsHelp} onClose={() => setShowsHelp(false)} />;
  return { search, answering, onKeyDown, help };
}

/** How a key begins a mail; null for every other key. */
function mailBegunBy(event: KeyboardEvent, answer: Answering | null, write: () => void): (() => void) | null {
  if (isPlainKey(event, 'c')) return event.repeat ? null : write;
  const kind = answerOf(event);
  return kind && answer && (() => answer(kind));
}

const isPlainKey = (event: KeyboardEvent, key: string): boolean => letterOf(event) === key && isPlain(event);

/** From nowhere in the mailbox, as after it was opened, into the list. */
const focusList = (box: Element): void => box.querySelector<HTMLElement>('[role="option"][tabindex="0"]')?.focus();

/** A slash anywhere but in a field leads to the search box, as in Gmail. */
function focusSearch(event: KeyboardEvent, search: InputRef | null): boolean {
  if (event.key !== '/' || !isPlain(event)) return false;
  event.preventDefault();
  search?.focus({ cursor: 'all' });
  return true;
}

/** Escape closes the conversation, wherever in the mailbox the focus is; `u` goes back to the list, as in Gmail. */
function closeThread(event: KeyboardEvent, view: View): void {
  const isBack = event.key === 'Escape' || letterOf(event) === 'u';
  if (!isBack || view.threadId === null || !isPlain(event)) return;
  view.closeThread();
}
