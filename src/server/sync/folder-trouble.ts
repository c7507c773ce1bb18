import type { FolderId } from '../mail/ids';
import type { FolderRow } from '../ports/records';

/** Lost so often in a row while everything else went through, a folder is left alone for a while. */
const MOST_LOSSES = 3;
const REST_MS = 60 * 60_000;

/**
 * Folders at which the line was lost. They come last, so that one at which a server always falls over keeps no other from being read; and when
 * it does so again and again, with all others done, it is not opened for an hour.
 */
export class FolderTrouble {
  private readonly losses = new Map<FolderId, { readonly times: number; readonly at: number }>();

  lost({ id }: FolderRow, now: number): void {
    this.losses.set(id, { times: (this.losses.get(id)?.times ?? 0) + 1, at: now });
  }

  /** @param folders the row that was looked at, and the one that it turned out to be, where a folder was renamed */
  wentWell(...folders: readonly FolderRow[]): void {
    for (const { id } of folders) this.losses.delete(id);
  }

  isResting({ id }: FolderRow, now: number): boolean {
    const known = this.losses.get(id);
    return known !== undefined && known.times >= MOST_LOSSES && now - known.at < REST_MS;
  }

  /** The given order, with those in trouble at the end. */
  inOrder(folders: readonly FolderRow[]): FolderRow[] {
    const isSound = ({ id }: FolderRow): boolean => !this.losses.has(id);
    return [...folders.filter(isSound), ...folders.filter((folder) => !isSound(folder))];
  }
}
