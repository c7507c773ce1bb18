import fs from 'node:fs';
import path from 'node:path';
import { inThreadParser } from '../../messages/parse-in-thread';
import type { MailParser } from '../../ports/mail-parser';
import type { Log } from '../../ports/runtime';
import { WorkerParser } from './worker-parser';

export interface OpenParser extends MailParser {
  /** For when the mailboxes have been given up: what still waits is refused. */
  close(): Promise<void>;
}

/**
 * The parser of an application: in a worker thread where its bundle is, else in this one.
 * @param folder of the server's bundle, which the worker's lies beside (scripts/build-server.ts)
 */
export function openMailParser(folder: string, log: Log): OpenParser {
  const file = path.join(folder, 'runtime', 'parse-worker', 'entry.js');
  if (fs.existsSync(file)) return new WorkerParser({ file, log });
  log.warn('mail-parser-without-worker');
  return { ...inThreadParser, close: () => Promise.resolve() };
}
