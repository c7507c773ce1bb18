import fs from 'node:fs';
import path from 'node:path';

const src = path.resolve(__dirname, '../..');
const files = (fs.readdirSync(src, { recursive: true }) as string[])
  .filter((file) => /\.tsx?$/.test(file) && !file.includes('__tests__'))
  .map((file) => file.split(path.sep).join('/'));

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

/** Every import, own ones as paths below src/, others by their package name. */
const imports: Import[] = files.flatMap((from) => {
  const text = fs.readFileSync(path.join(src, from), 'utf8');
  return [
    ...text.matchAll(
      /^(?:import|export)\s+(type\s+)?[^;]*?from\s+'([^']+)'|(?:import|require)\(\s*(?:\/\*.*?\*\/\s*)?'([^']+)'\)|^import\s+'([^']+)'/gm,
    ),
  ].map((match) => {
    const request = match[2] ?? match[3] ?? match[4];
    const to = request.startsWith('.')
      ? path.posix.normalize(path.posix.join(path.posix.dirname(from), request))
      : request;
    return { from, to, isType: Boolean(match[1]) };
  });
});

const under = (folder: string) => (file: string) => file.startsWith(`${folder}/`);
const domain = (file: string): string | null =>
  /^server\/(accounts|oauth|sync|messages|threads|attachments|compose|outbox|settings)\//.exec(file)?.[1] ?? null;
const broken = (rule: (one: Import) => boolean): string[] =>
  imports.filter(rule).map(({ from, to }) => `${from} → ${to}`);

it('reads imports at all', () => expect(imports.length).toBeGreaterThan(300));

it('vocabulary imports nothing above it', () => {
  const vocabulary = ['server/mail', 'server/errors', 'server/ports'];
  const isVocabulary = (file: string) => vocabulary.some((folder) => under(folder)(file));
  expect(broken(({ from, to }) => isVocabulary(from) && to.startsWith('server/') && !isVocabulary(to))).toEqual([]);
});

it('no domain folder imports providers, runtime or the face', () => {
  const edge = ['server/providers', 'server/runtime', 'server/actions', 'server/collections'];
  expect(broken(({ from, to }) => domain(from) !== null && edge.some((folder) => under(folder)(to)))).toEqual([]);
});

it('the edge never imports the face, and providers not the host', () => {
  const isEdge = (file: string) => under('server/providers')(file) || under('server/runtime')(file);
  const face = ['server/actions', 'server/plugin', 'server/wiring', 'server/services', 'server/resources'];
  expect(broken(({ from, to }) => isEdge(from) && face.some((one) => to.startsWith(one)))).toEqual([]);
  const isHost = (to: string) => to.startsWith('@nocobase/') || under('server/runtime')(to);
  expect(broken(({ from, to }) => under('server/providers')(from) && isHost(to))).toEqual([]);
});

it('only the runtime, the tables and the composition root know the database', () => {
  const mayKnow = /^server\/(runtime|collections|migrations)\/|^server\/(plugin|wiring)\.ts$/;
  expect(broken(({ from, to }) => to === '@nocobase/database' && !mayKnow.test(from))).toEqual([]);
  const touching = files
    .filter((file) => file.startsWith('server/') && !mayKnow.test(file))
    .filter((file) => /\b(?:app|this|ctx)\.db\b|\.getRepository\(/.test(fs.readFileSync(path.join(src, file), 'utf8')));
  expect(touching).toEqual([]);
});

it('domain folders know only the neighbours they may know', () => {
  const allowed: Record<string, string[]> = {
    sync: ['messages', 'accounts'],
    messages: ['threads'],
    compose: ['messages', 'attachments', 'accounts'],
    outbox: ['compose', 'accounts'],
    oauth: ['accounts'],
    attachments: ['accounts'],
    threads: ['messages'],
  };
  const crosses = ({ from, to }: Import): boolean => {
    const [mine, other] = [domain(from), domain(to)];
    return mine !== null && other !== null && mine !== other && !(allowed[mine] ?? []).includes(other);
  };
  expect(broken(crosses)).toEqual([]);
});

it('vendor libraries stay in their places', () => {
  const places: Record<string, RegExp> = {
    imapflow: /^server\/providers\/imap\//,
    'postal-mime': /^server\/messages\/(parse-message|attachments-of)\.ts$/,
    '@azure/msal-node': /^server\/providers\/microsoft\//,
    'nodemailer/lib/smtp-connection': /\/transport\.ts$/,
    'nodemailer/lib/mail-composer': /^server\/compose\/build-mime\.ts$/,
    sequelize: /^server\/runtime\//,
  };
  const placeOf = (to: string) =>
    places[to] ?? (/^(imapflow|nodemailer|postal-mime|@azure\/msal|sequelize)(\/|$|-)/.test(to) ? /^$/ : undefined);
  expect(broken(({ from, to }) => placeOf(to)?.test(from) === false)).toEqual([]);
});

it('providers do not know each other, except that microsoft may use imap', () => {
  const vendor = (file: string) => /^server\/providers\/(\w+)\//.exec(file)?.[1] ?? null;
  const crosses = ({ from, to }: Import) =>
    vendor(from) !== null && vendor(to) !== null && vendor(from) !== vendor(to) && vendor(to) !== 'imap';
  expect(broken(crosses)).toEqual([]);
});

it('the modern lane never imports the legacy client or the server', () => {
  expect(
    broken(
      ({ from, to }) =>
        under('client-v2')(from) && (/^@nocobase\/client(\/|$)/.test(to) || under('server')(to) || under('client')(to)),
    ),
  ).toEqual([]);
});

it('shared imports nothing but itself', () => {
  expect(broken(({ from, to }) => under('shared')(from) && !under('shared')(to))).toEqual([]);
});

it('pure files read no clock, do no I/O and are not async', () => {
  const pure = files.filter(
    (file) =>
      /\/(plan-|assign-|check-|choose-|compile-|rate-limit|reply\.|quote\.)|-state\.ts$|\/decide\.ts$|\/(flags|subject|message-id|address|frame-document|merge-pages|parse-addresses)\.ts$/.test(
        file,
      ) && !/use-/.test(file),
  );
  expect(pure.length).toBeGreaterThan(12);
  for (const file of pure) {
    const text = fs.readFileSync(path.join(src, file), 'utf8');
    expect([
      file,
      /\basync\b|Date\.now\(\)|new Date\(\)|performance\.|Math\.random|from '(?:node:|fs|path|crypto|os)/.exec(
        text,
      )?.[0] ?? null,
    ]).toEqual([file, null]);
  }
});

it('no file is longer than 300 lines', () => {
  const long = files.filter((file) => fs.readFileSync(path.join(src, file), 'utf8').split('\n').length > 301);
  expect(long).toEqual([]);
});
