import { threadKeys } from '../thread-keys';
import { ThreadModel } from './thread-model';

interface Mail {
  readonly messageId: string;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  readonly subject: string;
}

/** A message: its id, what it answers, older references, subject. */
const mail = (messageId: string, near: string | null = null, far: string[] = [], subject = 's'): Mail => ({
  messageId,
  inReplyTo: near,
  references: near ? [...far, near] : far,
  subject,
});

function threadsOf(mails: readonly Mail[]): string {
  const model = new ThreadModel();
  for (const one of mails) model.add(one.messageId, threadKeys(one));
  return model
    .conversations()
    .map((group) => group.join('+'))
    .join(' ');
}

function* permutations<T>(list: readonly T[]): Generator<T[]> {
  if (list.length === 0) yield [];
  for (const [at, one] of list.entries())
    for (const rest of permutations(list.filter((_, other) => other !== at))) yield [one, ...rest];
}

const inEveryOrder = (mails: readonly Mail[]): string[] => [...new Set([...permutations(mails)].map(threadsOf))];

it('ends in the same conversations whatever the order of arrival', () => {
  const mails = [mail('a'), mail('b', 'a'), mail('c', 'b', ['a']), mail('d', 'x'), mail('e', 'b', ['x']), mail('f')];
  expect(inEveryOrder(mails)).toEqual(['a+b+c+d+e f']);
});

it('a conversation that changes its subject stays together in every order', () => {
  const mails = [mail('a'), mail('b', 'a'), mail('c', 'b', ['a'], 't'), mail('d', 'c', ['a', 'b'], 't')];
  expect(inEveryOrder(mails)).toEqual(['a+b+c+d']);
});

it('a conversation whose middle never came stays together while its subject does, in every order', () => {
  expect(inEveryOrder([mail('a'), mail('c', 'b', ['a']), mail('e', 'd', ['a', 'b', 'c'])])).toEqual(['a+c+e']);
  expect(inEveryOrder([mail('a'), mail('c', 'b', ['a'], 't')])).toEqual(['a c']);
  const late = [mail('p', 'x1', ['x'], 't1'), mail('q', 'x2', ['x'], 't2'), mail('r', 'x3', ['x'], 't1')];
  expect(inEveryOrder(late)).toEqual(['p+r q']);
});

it('a mail that names the ids of many strangers joins what it answers and nothing else', () => {
  const strangers = Array.from({ length: 60 }, (_, at) => mail(`m${at}`, null, [], `subject ${at}`));
  const forged = mail(
    'evil',
    'm7',
    strangers.map(({ messageId }) => messageId),
    'hello',
  );
  const model = new ThreadModel();
  for (const one of [...strangers, forged]) model.add(one.messageId, threadKeys(one));
  expect(model.conversations()).toHaveLength(60);
  expect(model.conversations()).toContainEqual(['evil', 'm7']);
  expect(inEveryOrder([...strangers.slice(5, 9), forged])).toEqual(['evil+m7 m5 m6 m8']);
});

it('never joins by anything but ids', () => {
  expect(threadsOf([mail('a'), mail('b')])).toBe('a b');
  expect(threadsOf([mail('a', null, [], ''), mail('b', 'x', ['a'], '')])).toBe('a b');
});
