import fs from 'node:fs';
import path from 'node:path';
import { ERRORS } from '../error-codes';

const root = path.resolve(__dirname, '../..');
const LANGUAGES = ['en-US', 'zh-CN', 'ja-JP'] as const;
const locale = (language: string) =>
  JSON.parse(fs.readFileSync(path.join(root, 'locale', `${language}.json`), 'utf8')) as Record<string, string>;
const sources = (fs.readdirSync(root, { recursive: true }) as string[]).filter(
  (file) => /\.tsx?$/.test(file) && !file.includes('__tests__'),
);

/** Every literal key given to `t(…)`, `tExpr(…)` or `textKey(…)`. */
function usedKeys(): Set<string> {
  const keys = new Set<string>();
  for (const file of sources) {
    const text = fs.readFileSync(path.join(root, file), 'utf8');
    for (const match of text.matchAll(/(?<![\w.])(?:this\.)?(?:t|tExpr|textKey)\(\s*'((?:[^'\\]|\\.)*)'/g))
      keys.add(match[1]);
  }
  return keys;
}

it.each(LANGUAGES)('%s has a text for every key in use', (language) => {
  const texts = locale(language);
  expect([...usedKeys()].filter((key) => !texts[key])).toEqual([]);
});

it.each(LANGUAGES)('%s has a text for every error code', (language) => {
  const texts = locale(language);
  expect(Object.keys(ERRORS).filter((code) => !texts[code])).toEqual([]);
});

it('the three languages have the same keys and the same placeholders', () => {
  const [english, ...others] = LANGUAGES.map(locale);
  const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();
  for (const other of others) {
    expect(Object.keys(other).sort()).toEqual(Object.keys(english).sort());
    for (const [key, text] of Object.entries(english))
      expect([key, placeholders(other[key])]).toEqual([key, placeholders(text)]);
  }
});

it('texts that are the same in two languages are names, not forgotten translations', () => {
  const [english, chinese, japanese] = LANGUAGES.map(locale);
  const same = Object.keys(english).filter((key) => english[key] === chinese[key] || english[key] === japanese[key]);
  expect(same).toEqual([]);
});

it('has no text that nothing uses, and none that the check above cannot see', () => {
  const used = usedKeys();
  const unseen = Object.keys(locale('en-US')).filter((key) => !used.has(key) && !(key in ERRORS));
  expect(unseen).toEqual([]);
});
