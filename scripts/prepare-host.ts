import path from 'node:path';
import { certificates } from '../sandbox/certificates';
import { linkModules, unpackInto } from './host-folder';
import { pack } from './pack';
import { work } from './paths';

/** Packs the plugin, installs the tarball where the server tests find it, and makes the sandbox's CA. */
export async function prepareHost(): Promise<{ caFile: string; tarball: string }> {
  const tarball = await pack(`-test.${Date.now()}`);
  unpackInto(linkModules(path.join(work, 'host')), tarball);
  const { caFile } = await certificates(path.join(work, 'certificates'));
  return { caFile, tarball };
}

if (process.argv[1]?.endsWith('prepare-host.ts')) console.log(JSON.stringify(await prepareHost()));
