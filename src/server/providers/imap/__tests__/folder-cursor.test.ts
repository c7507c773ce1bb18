import { isCounted, writeCursor } from '../folder-cursor';

const cursor = writeCursor({ epoch: '7', next: 11, exists: 10, modseq: null, sweep: null });

it.each([
  ['below UIDNEXT', cursor, '7', 10, true],
  ['at UIDNEXT: it came later', cursor, '7', 11, false],
  ['of another UIDVALIDITY', cursor, '6', 10, false],
  ['never looked at', null, '7', 10, false],
] as const)('%s', (_what, of, uidValidity, uid, answer) => expect(isCounted(of, { uidValidity, uid })).toBe(answer));
