import type { FolderId } from '../../mail/ids';
import { mayBeRenamed } from '../renamed-folders';

interface Times {
  readonly epoch?: string;
  readonly objectId?: string | null;
  readonly goneAt?: number | null;
  readonly begunAt?: number | null;
}

const folder = (id: number, { epoch = '1', objectId = null, goneAt = null, begunAt = 0 }: Times = {}) => ({
  ...{ id: id as FolderId, epoch, objectId, goneAt, begunAt },
  isGone: goneAt !== null,
});

const gone = folder(2, { begunAt: 100, goneAt: 200 });
const heir = folder(3, { begunAt: 200 });

it('a folder with the UIDVALIDITY of one that is gone may be it under another name', () => {
  expect(mayBeRenamed(gone, heir, [gone, heir, folder(4, { epoch: '9' })])).toBe(true);
});

it('where a third one has it too, it says nothing', () => {
  expect(mayBeRenamed(gone, heir, [gone, heir, folder(1)])).toBe(false);
  expect(mayBeRenamed(gone, heir, [gone, heir, folder(1, { goneAt: 150 })])).toBe(false);
});

it('one that was gone before is no third one: names have changed in a chain', () => {
  expect(mayBeRenamed(gone, heir, [folder(1, { goneAt: 100 }), gone, heir])).toBe(true);
  expect(mayBeRenamed(folder(2, { begunAt: null, goneAt: 200 }), heir, [folder(1, { goneAt: 100 }), heir])).toBe(false);
});

it('MAILBOXID says so where both have one', () => {
  const named = { ...gone, objectId: 'a' };
  expect(mayBeRenamed(named, { ...heir, objectId: 'a' }, [folder(1)])).toBe(true);
  expect(mayBeRenamed(named, { ...heir, objectId: 'b' }, [])).toBe(false);
});
