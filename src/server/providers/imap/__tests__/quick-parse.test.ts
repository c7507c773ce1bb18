import { isDeepStrictEqual } from 'node:util';
import { seeded } from '../../../../../sim/random';
import { quickParse } from '../quick-parse';
import { fetchLine, literalsOf, load, type FetchLine, type Parse } from './fetch-lines';

const parse = load<Parse>('handler/imap-parser.js');
const items = (text: string, literals: Buffer[] = []) =>
  quickParse(Buffer.from(`* 1 FETCH (${text})`), { literals })?.attributes[1];
const atom = (value: string, more = {}) => ({ type: 'ATOM', value, ...more });
const string = (value: string) => ({ type: 'STRING', value });

/** True where the shortcut knew the answer; it has to be imapflow's, or nothing may have been touched. */
async function isSame({ line, literals }: FetchLine): Promise<boolean> {
  const left = [...literals];
  const quick = quickParse(line, { literals: left });
  if (!quick) {
    if (!isDeepStrictEqual(left, literals)) throw new Error(`literals are gone: ${JSON.stringify(line.toString())}`);
    return false;
  }
  const theirs = [...literals];
  const answer = await parse(line, { literals: theirs });
  const ours = literalsOf(quick.attributes);
  const isEqual = isDeepStrictEqual({ ...quick }, { ...answer }) && left.length === theirs.length;
  if (isEqual && ours.every((one, at) => one === literals[at]) && ours.length + left.length === literals.length)
    return true;
  throw new Error(`not what imapflow says: ${JSON.stringify(line.toString())}`);
}

it('reads each kind of word', () => {
  expect(quickParse(Buffer.from('* 12 FETCH (UID 7)'))).toStrictEqual({
    tag: '*',
    command: '12',
    attributes: [atom('FETCH'), [atom('UID'), atom('7')]],
  });
  expect(items('FLAGS (\\Seen $Junk) X NIL nil')).toStrictEqual([
    ...[atom('FLAGS'), [atom('\\Seen'), atom('$Junk')], atom('X'), null, null],
  ]);
  expect(items('"" "a b" "ü" "a\\"\\\\\\b" "x""y"')).toStrictEqual(['', 'a b', 'ü', 'a"\\b', 'x', 'y'].map(string));
  expect(items('(("a")("b") (  ))')).toStrictEqual([[[string('a')], [string('b')], []]]);
  expect(items('a:b a,b 007')).toStrictEqual([atom('a:b'), atom('a,b'), atom('007')]);
});

it('reads sections, and where their octets begin', () => {
  expect(items('BODY[]')).toStrictEqual([atom('BODY', { section: [] })]);
  expect(items('BODY[]<0> "a"')).toStrictEqual([atom('BODY', { section: [], partial: [0] }), string('a')]);
  expect(items('BODY[1.MIME]<10.20>')).toStrictEqual([atom('BODY', { section: [atom('1.MIME')], partial: [10, 20] })]);
  const fields = [atom('HEADER.FIELDS'), [atom('DATE'), string('X')]];
  expect(items('BODY[HEADER.FIELDS (DATE "X")] NIL')).toStrictEqual([atom('BODY', { section: fields }), null]);
});

it('takes literals in the order of the line, as they are, and leaves the rest', () => {
  const given: Buffer[] = ['abc', '', 'd', 'more'].map((text) => Buffer.from(text));
  const literals = [...given];
  const read = items('BODY[] {3}\r\n BODY[1] {0}\r\n X {1}\n', literals) ?? [];
  expect(literalsOf(read).map((one) => given.indexOf(one))).toEqual([0, 1, 2]);
  expect(literals).toEqual([given[3]]);
});

it.each([
  ['another answer', '* 1 EXISTS'],
  ['a tagged one', 'A1 OK FETCH ()'],
  ['without a number', '* FETCH ()'],
  ['with a NUL in front', '\0* 1 FETCH ()'],
  ['with more behind', '* 1 FETCH () x'],
  ['two lists', '* 1 FETCH () ()'],
  ['in small letters', '* 1 fetch ()'],
  ['without an end', '* 1 FETCH (UID 1'],
  ['a string without an end', '* 1 FETCH (BODY[] {1}\r\n "a)'],
  ['an escape without an end', '* 1 FETCH ("a\\'],
  ['a sequence', '* 1 FETCH (1:*)'],
  ['a wildcard', '* 1 FETCH (FLAGS (\\*))'],
  ['flags without a space', '* 1 FETCH (FLAGS (\\Seen\\Draft))'],
  ['a literal8', '* 1 FETCH (BINARY[1] ~{1}\r\n)'],
  ['8-bit outside of strings', '* 1 FETCH (FLAGS (é))'],
  ['a control character', '* 1 FETCH (UID\t1)'],
  ['a section of something else', '* 1 FETCH (RFC822[])'],
  ['octets with leading zeros', '* 1 FETCH (BODY[]<00> {1}\r\n)'],
  ['a literal with leading zeros', '* 1 FETCH (BODY[] {01}\r\n)'],
  ['too few literals', '* 1 FETCH (BODY[] {1}\r\n X {1}\r\n)'],
  ['deeper than mail is', `* 1 FETCH ${'('.repeat(21)}${')'.repeat(21)}`],
])('leaves to imapflow what is %s, with its literals', (_what, text) => {
  const literals = [Buffer.from('x')];
  expect(quickParse(Buffer.from(text), { literals })).toBeNull();
  expect(literals).toHaveLength(1);
});

it('says what imapflow says, whatever a server writes', async () => {
  const cases = Number(process.env.QUICK_CASES ?? 20_000);
  const random = seeded(Number(process.env.QUICK_SEED ?? 1));
  const known = { ordinary: 0, damaged: 0 };
  for (let at = 0; at < cases; at += 2) {
    if (await isSame(fetchLine(random, true))) known.ordinary += 1;
    if (await isSame(fetchLine(random, false))) known.damaged += 1;
  }
  // A shortcut that knows nothing would agree with everybody.
  expect(known.ordinary / cases).toBeGreaterThan(0.45);
  expect(known.damaged / cases).toBeGreaterThan(0.05);
  expect(known.damaged / cases).toBeLessThan(0.4);
}, 600_000);
