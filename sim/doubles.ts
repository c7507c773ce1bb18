import type { ServerFolder } from './scripted-server';

/** What SELECT and STATUS say of a folder without MAILBOXID. */
interface Numbers {
  readonly objectId: string;
  readonly uidNext: number;
  readonly exists: number;
  readonly modseq: number;
}

/**
 * Notices when the numbers of a folder go on from those that another one has said under the same name, as may be when it was made again in the same
 * second: then nobody can know that its mails are others before they are compared, one by one.
 */
export class Doubles {
  private readonly said = new Map<string, Numbers[]>();
  /** Whether it has happened. */
  isThere = false;

  note(path: string, folder: ServerFolder): void {
    const { objectId, uidNext, modseq, messages } = folder;
    const key = `${path} ${folder.uidValidity}`;
    const before = this.said.get(key) ?? [];
    this.isThere ||= before.some((one) => one.objectId !== objectId && goesOnFrom(one, folder));
    this.said.set(key, [...before, { objectId, uidNext, exists: messages.length, modseq }]);
  }
}

/** As if nothing had happened since but that some came. Of empty folders nothing could be taken for something else. */
function goesOnFrom(before: Numbers, { uidNext, modseq, messages }: ServerFolder): boolean {
  const isLater = uidNext >= before.uidNext && modseq >= before.modseq;
  return isLater && before.exists > 0 && messages.filter(({ uid }) => uid < before.uidNext).length === before.exists;
}
