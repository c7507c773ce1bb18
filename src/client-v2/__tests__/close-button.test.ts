import fs from 'node:fs';
import path from 'node:path';
import { closeButton } from '../close-button';

const root = path.resolve(__dirname, '..');
const components = (fs.readdirSync(root, { recursive: true }) as string[]).filter((file) => file.endsWith('.tsx'));

it('has a name in the language of the user', () =>
  expect(closeButton((key) => `translated ${key}`)).toEqual({ 'aria-label': 'translated Close' }));

it('is that of every drawer and dialog', () => {
  const opened = components.flatMap((file) =>
    [...fs.readFileSync(path.join(root, file), 'utf8').matchAll(/<(?:Drawer|Modal)\b[^]*?\n\s*>/g)].map(([tag]) => ({
      file,
      hasName: tag.includes('closable={closeButton(t)}'),
    })),
  );
  expect(opened.length).toBeGreaterThan(3);
  expect(opened.filter(({ hasName }) => !hasName)).toEqual([]);
});
