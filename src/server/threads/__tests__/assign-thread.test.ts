import { threadIndexRoot } from '../thread-index';
import { threadKeys, type Threadable } from '../thread-keys';
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

function threadsOf(mails: readonly Threadable[]): string {
  const model = new ThreadModel();
  for (const one of mails) model.add(String(one.messageId), threadKeys(one));
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

const inEveryOrder = (mails: readonly Threadable[]): string[] => [...new Set([...permutations(mails)].map(threadsOf))];

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

// An answer of Exchange may have lost In-Reply-To and References on its way.
it('joins by Thread-Index where the subject is the same, in every order', () => {
  const root = Buffer.alloc(22, 7);
  const of = (...more: number[]): string => Buffer.concat([root, Buffer.from(more)]).toString('base64');
  const exchange = (id: string, field: string, subject: string): Threadable => ({
    ...mail(id, null, [], subject),
    threadIndex: threadIndexRoot(field),
  });
  const mails = [exchange('a', of(), 'Offer'), exchange('b', of(1, 2, 3, 4, 5), 'RE: Offer'), mail('c', 'b')];
  expect(inEveryOrder(mails)).toEqual(['a+b+c']);
  expect(inEveryOrder([mails[0], exchange('x', of(9, 9, 9, 9, 9), 'Other')])).toEqual(['a x']);
  expect(inEveryOrder([exchange('a', of(), ''), exchange('b', of(), '')])).toEqual(['a b']);
  expect(inEveryOrder([mails[0], mail('d', null, [], 'Offer')])).toEqual(['a d']);
});

it('a mail that names ids is joined by those, and its Thread-Index links no third conversation', () => {
  const indexed = (one: Threadable): Threadable => ({ ...one, threadIndex: '07'.repeat(22) });
  const root = indexed(mail('a', null, [], 'Offer'));
  expect(inEveryOrder([root, mail('v', null, [], 'Offer'), indexed(mail('evil', 'v', [], 'Offer'))])).toEqual([
    'a evil+v',
  ]);
  expect(inEveryOrder([root, indexed(mail('evil', null, ['v'], 'Offer')), mail('v', null, [], 'x')])).toEqual([
    'a evil+v',
  ]);
  // It names nothing but itself.
  expect(inEveryOrder([root, indexed(mail('b', 'b', [], 'Re: Offer'))])).toEqual(['a+b']);
});

it('a Thread-Index that is none joins nothing', () => {
  const short = Buffer.alloc(21, 7).toString('base64');
  for (const field of [null, '', 'none at all!', short]) expect(threadIndexRoot(field)).toBeNull();
  const whole = Buffer.alloc(27, 7).toString('base64');
  expect(threadIndexRoot(` ${whole.slice(0, 20)}\r\n\t${whole.slice(20)}`)).toBe('07'.repeat(22));
});

it('joins what the server itself calls one conversation, in every order', () => {
  const gmail = (id: string, thread: string, near: string | null = null): Threadable => ({
    ...mail(id, near, [], id),
    remoteThreadId: thread,
  });
  expect(inEveryOrder([gmail('a', '1'), gmail('b', '1'), gmail('c', '2'), mail('d', 'c')])).toEqual(['a+b c+d']);
});

it('no id that somebody writes passes for a Thread-Index or a conversation of the server', () => {
  const victim = { ...mail('a', null, [], 's'), threadIndex: '07'.repeat(22), remoteThreadId: '1' };
  const forged = mail('evil', 'thread-index', ['x-gm-thrid', '1', `${'07'.repeat(22)}`]);
  expect(inEveryOrder([victim, forged])).toEqual(['a evil']);
});
