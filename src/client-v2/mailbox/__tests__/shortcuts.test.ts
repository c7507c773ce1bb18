import type { KeyboardEvent } from 'react';
import { rowAfter, stepOf } from '../shortcuts';

/** An element of which only is known which selectors lead to it or to something around it. */
class ElementWithin {
  constructor(private readonly around: readonly string[]) {}
  closest(selectors: string): ElementWithin | null {
    return selectors.split(', ').some((one) => this.around.includes(one)) ? this : null;
  }
}

const press = (key: string, around: readonly string[] = [], more: object = {}): KeyboardEvent => {
  const event = { key, shiftKey: false, target: new ElementWithin(around), defaultPrevented: false };
  return { ...event, currentTarget: { contains: () => true }, ...more } as unknown as KeyboardEvent;
};

beforeAll(() => void Object.assign(globalThis, { Element: ElementWithin }));
afterAll(() => void Reflect.deleteProperty(globalThis, 'Element'));

describe('a key that steps to another conversation', () => {
  it('is j or k, whatever Caps Lock makes of them', () => {
    expect(['j', 'k', 'J', 'K', 'l', 'Enter', ' '].map((key) => stepOf(press(key)))).toEqual([
      1,
      -1,
      1,
      -1,
      null,
      null,
      null,
    ]);
  });

  it('counts on a button and in a conversation', () => {
    for (const place of ['button', '[data-testid="thread-view"]', '[role="toolbar"]', '[role="option"]'])
      expect(stepOf(press('j', [place]))).toBe(1);
  });

  it.each([
    'input',
    'textarea',
    'select',
    '[contenteditable="true"]',
    '[role="dialog"]',
    '.ant-drawer',
    '[role="menu"]',
    '[role="tree"]',
    '[role="combobox"]',
    '[role="radiogroup"]',
    '.ant-dropdown-open',
    '.ant-popover-open',
  ])('does not count in %s', (place) => expect(stepOf(press('j', [place]))).toBeNull());

  it("is not the browser's own combination, nor one that was used already, nor of a menu elsewhere on the page", () => {
    for (const more of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }, { shiftKey: true }])
      expect(stepOf(press('j', [], more))).toBeNull();
    expect(stepOf(press('j', [], { defaultPrevented: true }))).toBeNull();
    expect(stepOf(press('j', [], { currentTarget: { contains: () => false } }))).toBeNull();
  });
});

describe('the row that it leads to', () => {
  const rows = { count: 3, focused: -1, open: -1 };
  it('is beside the one with the focus, up to the ends of the list', () => {
    expect([0, 1, 2].map((focused) => rowAfter(1, { ...rows, focused, open: 0 }))).toEqual([1, 2, 2]);
    expect([0, 1, 2].map((focused) => rowAfter(-1, { ...rows, focused, open: 0 }))).toEqual([0, 0, 1]);
  });

  it('is the last one from below the list', () =>
    expect([rowAfter(1, { ...rows, focused: 3 }), rowAfter(-1, { ...rows, focused: 3 })]).toEqual([2, 2]));

  it('is beside the open one if the focus is elsewhere', () =>
    expect([rowAfter(1, { ...rows, open: 1 }), rowAfter(-1, { ...rows, open: 1 })]).toEqual([2, 0]));

  it('is the first one if none is open', () => expect([rowAfter(1, rows), rowAfter(-1, rows)]).toEqual([0, 0]));

  it('is none in an empty list', () => expect(rowAfter(1, { ...rows, count: 0 })).toBeNull());
});
