import { MailError } from '../errors/mail-error';
import type { FolderRow } from '../ports/records';

/** Lost so often in a row while everything else went through, a folder is left alone for a while. */
const MOST_LOSSES = 3;
const REST_MS = 60 * 60_000;
const LONGEST_REST_MS = 24 * REST_MS;

/** Longer with each loss: where there are many such folders, one would else be due in every pass, and no pass ever come to its end. */
const restMs = (times: number): number => Math.min(LONGEST_REST_MS, REST_MS * 2 ** Math.max(0, times - MOST_LOSSES));

/** A folder of the account, which may have no row yet. */
type Place = Pick<FolderRow, 'path'>;

/** The list of folders with what has happened in each, which may end the line as a folder may. No folder has this name. */
export const LIST: Place = { path: '' };

/** Whether a line was lost, and not because we are to stop. */
export const isLoss = (error: unknown, { aborted }: Pick<AbortSignal, 'aborted'>): error is MailError =>
  error instanceof MailError && error.code === 'EMAIL_CONNECTION_LOST' && !aborted;

/**
 * Folders at which the line was lost. They come last, so that one at which a server always falls over keeps no other from being read; and when
 * it does so again and again, with all others done, it is not opened for an hour.
 */
export class FolderTrouble {
  private readonly losses = new Map<string, { readonly times: number; readonly at: number }>();

  /** Folders of which a look says what nobody believes at once. */
  private readonly doubts = new Map<string, { readonly line: WeakRef<object>; readonly at: number }>();

  /** Mails that the server refused to serve, and when that was counted as a try; see `DeepenPorts`. */
  readonly refusals = new Map<number, number>();

  lost({ path }: Place, now: number): void {
    this.losses.set(path, { times: (this.losses.get(path)?.times ?? 0) + 1, at: now });
  }

  /**
   * An answer that looks wrong, where no other line can be had to ask once more.
   * @returns whether it was given an hour ago or longer on another line than this one, and nothing else since: then it is believed
   */
  doubt({ path }: Place, line: object, now: number): boolean {
    const known = this.doubts.get(path);
    if (!known) this.doubts.set(path, { line: new WeakRef(line), at: now });
    return known !== undefined && known.line.deref() !== line && now - known.at >= REST_MS;
  }

  /** Whether something was doubted on this line so long ago that another one would be believed now, where no second one can be had beside it. */
  wantsAnother(line: object, now: number): boolean {
    return [...this.doubts.values()].some((known) => known.line.deref() === line && now - known.at >= REST_MS);
  }

  /** The server says that nothing has happened in it: whatever was doubted is over. */
  wasQuiet({ path }: Place): void {
    this.doubts.delete(path);
  }

  /** Forgets folders that the server does not list any more: one of the same name is another one. An empty list proves nothing. */
  keepOnly(listed: readonly Place[]): void {
    if (listed.length === 0) return;
    const paths = new Set([LIST, ...listed].map(({ path }) => path));
    for (const known of [this.losses, this.doubts])
      for (const path of known.keys()) if (!paths.has(path)) known.delete(path);
  }

  /** @param folders the row that was looked at, and the one that it turned out to be, where a folder was renamed */
  wentWell(...folders: readonly Place[]): void {
    for (const { path } of folders) {
      this.losses.delete(path);
      this.doubts.delete(path);
    }
  }

  /** Whether the line was lost at it lately, and it has not been looked at since. */
  isSuspect({ path }: Place, now: number): boolean {
    const known = this.losses.get(path);
    return known !== undefined && now - known.at < restMs(known.times);
  }

  isResting(place: Place, now: number): boolean {
    return now < (this.restsUntil(place) ?? 0);
  }

  /** Until when it is left alone, ms; null: it is not. */
  restsUntil({ path }: Place): number | null {
    const known = this.losses.get(path);
    return known && known.times >= MOST_LOSSES ? known.at + restMs(known.times) : null;
  }

  /** The given order, with those in trouble at the end. */
  inOrder(folders: readonly FolderRow[]): FolderRow[] {
    const isSound = ({ path }: FolderRow): boolean => !this.losses.has(path);
    return [...folders.filter(isSound), ...folders.filter((folder) => !isSound(folder))];
  }
}
