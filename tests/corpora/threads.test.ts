import type { RemoteId, ThreadId } from '../../src/server/mail/ids';
import { parseContent } from '../../src/server/messages/parse-message';
import { assignThread } from '../../src/server/threads/assign-thread';
import { hasPublicData, publicData } from '../support/corpora';

interface Group {
  readonly id: string;
  readonly set: string;
  /** Dovecot's THREAD=REFS says the same: strong truth. */
  readonly dovecot_refs_identical: boolean | null;
  readonly messages: readonly { readonly file: string }[];
}
interface Mail {
  readonly group: Group;
  readonly ids: readonly string[];
}

const ORDERS = 20;

/** Repeatable numbers from 0 to 1 (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((value) => ({ value, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

/** Threads as the store keeps them: every id points to its thread, and folded threads change their number. */
function threadsOf(mails: readonly Mail[]): Map<Mail, ThreadId> {
  const known = new Map<string, ThreadId>();
  const result = new Map<Mail, ThreadId>();
  let next = 1;
  for (const mail of mails) {
    const { thread, merge } = assignThread(mail.ids, known);
    const joined = thread ?? (next++ as ThreadId);
    for (const [id, old] of known) if (merge.includes(old)) known.set(id, joined);
    for (const [other, old] of result) if (merge.includes(old)) result.set(other, joined);
    for (const id of mail.ids) known.set(id, joined);
    result.set(mail, joined);
  }
  return result;
}

/** The same partition, whatever the numbers: groups as sorted lists of positions. */
function partition(mails: readonly Mail[], threads: ReadonlyMap<Mail, ThreadId>): string {
  const groups = new Map<ThreadId | undefined, number[]>();
  mails.forEach((mail, at) => groups.set(threads.get(mail), [...(groups.get(threads.get(mail)) ?? []), at]));
  return JSON.stringify([...groups.values()].sort((a, b) => a[0] - b[0]));
}

const pack = publicData('_cases_threads/threads-public.json', 'the public conversations');
const groups = pack ? (JSON.parse(pack.toString()) as Group[] | { cases: Group[] }) : [];
// Some name one mail inside a mailbox file.
const all = ('cases' in groups ? groups.cases : groups).filter(({ messages }) =>
  messages.every(({ file }) => hasPublicData(file)),
);

(pack ? describe : describe.skip)('public conversations', () => {
  const sets = new Map<string, Mail[]>();

  beforeAll(async () => {
    for (const group of all) {
      for (const { file } of group.messages) {
        const source = publicData(file, file) ?? Buffer.alloc(0);
        const content = {
          kind: 'source',
          isCut: false,
          id: '1:1' as RemoteId,
          source,
          parts: [],
          sizeBytes: source.length,
        } as const;
        const { messageId, inReplyTo, references } = await parseContent(content);
        const ids = [...new Set([messageId, inReplyTo, ...references])].filter((id): id is string => id !== null);
        sets.set(group.set, [...(sets.get(group.set) ?? []), { group, ids }]);
      }
    }
  }, 60_000);

  it('come out the same in every order of arrival', () => {
    for (const mails of sets.values()) {
      const first = partition(mails, threadsOf(mails));
      for (let seed = 1; seed <= ORDERS; seed += 1)
        expect(partition(mails, threadsOf(shuffled(mails, seeded(seed))))).toBe(first);
    }
  });

  it('are found whole and never merged, where Dovecot says so too', () => {
    let whole = 0;
    for (const mails of sets.values()) {
      const threads = threadsOf(mails);
      for (const group of new Set(mails.map((mail) => mail.group))) {
        if (group.dovecot_refs_identical !== true) continue;
        const own = new Set(mails.filter((mail) => mail.group === group).map((mail) => threads.get(mail)));
        const inThread = mails.filter((mail) => own.has(threads.get(mail) as ThreadId));
        expect([group.id, own.size, inThread.every((mail) => mail.group === group)]).toEqual([group.id, 1, true]);
        whole += 1;
      }
    }
    expect(whole).toBeGreaterThan(90);
  });
});
