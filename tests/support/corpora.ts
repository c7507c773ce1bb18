import fs from 'node:fs';
import path from 'node:path';

/** Where the public test data lies; it is not part of this project. */
const folder = path.resolve(process.env.EMAIL_TEST_CORPORA ?? '../shared/corpora');

/** A file of the public test data, or null after saying aloud what is left out without it. */
export function publicData(file: string, what: string): Buffer | null {
  const full = path.join(folder, file);
  if (fs.existsSync(full)) return fs.readFileSync(full);
  process.stderr.write(`LEFT OUT: ${what}, because there is no ${full} (set EMAIL_TEST_CORPORA)\n`);
  return null;
}

/** Tests that need public test data. `publicData` has said aloud what is left out where there is none; data without cases fails. */
export const describeWith = (data: unknown): jest.Describe => (data ? describe : describe.skip);

export function hasPublicData(file: string): boolean {
  return fs.existsSync(path.join(folder, file));
}

/** Names of the files in a folder of the public test data; none where it is absent. */
export function publicFiles(below: string): string[] {
  const full = path.join(folder, below);
  return fs.existsSync(full) ? fs.readdirSync(full).map((name) => path.join(below, name)) : [];
}
