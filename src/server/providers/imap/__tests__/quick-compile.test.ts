import { createRequire } from 'node:module';
import path from 'node:path';
import { quickCompile } from '../quick-compile';

type Compile = (response: object, options?: object) => Promise<Buffer>;
type Parse = (line: Buffer, options?: object) => Promise<{ attributes: unknown[][] }>;

/** imapflow's own; its package does not name them, so they are taken from its folder. */
const handler = path.join(path.dirname(require.resolve('imapflow')), 'handler');
const load = <T>(name: string): T => {
  const module = createRequire(__filename)(path.join(handler, name)) as { default?: T };
  return module.default ?? (module as T);
};
const compile = load<Compile>('imap-compiler.js');
const parse = load<Parse>('imap-parser.js');

const LINE =
  '* 12 FETCH (UID 7 FLAGS (\\Seen $Junk) RFC822.SIZE 4 MODSEQ (5) X-GM-MSGID 1 BODY[] "x" BODY[HEADER.FIELDS (A)]<0> "y" NIL z ODD]x 1)';

it('answers as imapflow does, for every name of an answer', async () => {
  const parsed = await parse(Buffer.from(LINE));
  let known = 0;
  for (const attribute of parsed.attributes[1]) {
    const quick = quickCompile({ attributes: [attribute] });
    if (!quick) continue;
    known += 1;
    expect(quick.toString()).toBe((await compile({ attributes: [attribute] })).toString());
  }
  // UID and its number, FLAGS, RFC822.SIZE and its number, MODSEQ, X-GM-MSGID and its number, z, 1.
  expect(known).toBeGreaterThanOrEqual(5);
});

it('leaves to imapflow what has sections, parts or letters that need more', async () => {
  const atom = (value: string, more = {}) => ({ attributes: [{ type: 'ATOM', value, ...more }] });
  expect(quickCompile(atom('BODY', { section: [] }))).toBeNull();
  expect(quickCompile(atom('BODY', { partial: [0] }))).toBeNull();
  expect(quickCompile(atom('\\Seen'))).toBeNull();
  expect(quickCompile(atom('a b'))).toBeNull();
  expect(quickCompile(atom(''))).toBeNull();
  expect(quickCompile({ attributes: [{ type: 'STRING', value: 'a' }] })).toBeNull();
  expect(quickCompile({ attributes: [null] })).toBeNull();
});

it('writes nothing into a log for answers to FETCH, and leaves commands and other answers alone', () => {
  const fetched = { tag: '*', command: '12', attributes: [{ type: 'ATOM', value: 'FETCH' }, []] };
  expect(quickCompile(fetched, { isLogging: true })?.length).toBe(0);
  expect(quickCompile(fetched)).toBeNull();
  expect(quickCompile({ ...fetched, tag: 'A1' }, { isLogging: true })).toBeNull();
  expect(quickCompile({ tag: '*', command: 'OK', attributes: [] }, { isLogging: true })).toBeNull();
  expect(quickCompile({ tag: 'A1', command: 'UID FETCH', attributes: [{ type: 'ATOM', value: '1' }] })).toBeNull();
});
