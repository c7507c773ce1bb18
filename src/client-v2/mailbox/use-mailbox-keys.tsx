import type { InputRef } from 'antd';
import { useRef, useState, type KeyboardEvent } from 'react';
import type { Answering } from '../reading/ThreadView';
import { KeysHelp } from './KeysHelp';
import { answerOf, isPlain, letterOf, stepOf, type Step } from './shortcuts';
import type { ThreadActions } from './use-thread-actions';
import type { View } from './use-view';

/** Goes on to the next conversation of a list, or to the one before. */
export type Stepping = (step: Step) => void;

/**
 * Keys that count anywhere in the mailbox.
 * @returns `search`, `stepping` and `answering` are for whoever shows the search box, the list and the open conversation
 */
export function useMailboxKeys(view: View, actions: ThreadActions, write: () => void) {
  const answering = useRef<Answering | null>(null);
  const stepping = useRef<Stepping | null>(null);
  const search = useRef<InputRef>(null);
  const [showsHelp, setShowsHelp] = useState(false);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (focusSearch(event, search.current)) return;
    // What the list of keys covers stays as it is.
    const step = showsHelp ? null : stepOf(event);
    const begins = mailBegunBy(event, answering.current, write);
    // The list of keys takes the focus a moment after it shows.
    if (showsHelp && event.key === 'Escape') setShowsHelp(false);
    else if (isPlainKey(event, '?')) setShowsHelp(true);
    else if (isPlainKey(event, 'z')) actions.undo();
    else if (begins) {
      // Or the letter would be written into the mail that it begins.
      event.preventDefault();
      begins();
    } else if (step && stepping.current) {
      event.preventDefault();
      stepping.current(step);
    } else closeThread(event, view);
  };
  const help = <KeysHelp isOpen={showsHelp} onClose={() => setShowsHelp(false)} />;
  return { search, stepping, answering, onKeyDown, help };
}

/** How a key begins a mail; null for every other key. */
function mailBegunBy(event: KeyboardEvent, answer: Answering | null, write: () => void): (() => void) | null {
  if (isPlainKey(event, 'c')) return event.repeat ? null : write;
  const kind = answerOf(event);
  return kind && answer && (() => answer(kind));
}

const isPlainKey = (event: KeyboardEvent, key: string): boolean => letterOf(event) === key && isPlain(event);

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
