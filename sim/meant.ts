import type { PlacementRow } from '../src/server/ports/records';
import type { Doing, Done, ScriptedServer } from './scripted-server';

/** What the owner has wished of which copies of which mails: nothing else may be done on the server. */
export class Meant {
  private readonly copies = new Map<string, Set<number>>();
  /** What was to be erased, and when. */
  private readonly erased: { readonly content: number; readonly copy: number; readonly at: number }[] = [];

  constructor(private readonly server: ScriptedServer) {}

  /** Something is wished of the mail that we know at this place. Where it lies elsewhere by now, any copy may be the one. */
  add(
    what: Doing,
    path: string,
    { uidValidity, uid }: Pick<PlacementRow, 'uidValidity' | 'uid'>,
    content: number,
  ): void {
    const key = `${what} ${content}`;
    const known = this.copies.get(key) ?? new Set();
    for (const copy of this.server.copiesAt(path, uidValidity, uid, content)) known.add(copy);
    this.copies.set(key, known);
    const copy = this.server.copyAt(path, uidValidity, uid, content);
    if (what === 'erase' && copy !== null) this.erased.push({ content, copy, at: this.server.stamp });
  }

  /** Mails that were to be erased and are still where they were. */
  survivors(): number[] {
    return this.erased.filter(({ copy, at }) => this.server.liesUndisturbed(copy, at)).map(({ content }) => content);
  }

  /** What was done to mails without anybody's wish. */
  strays(): Done[] {
    return this.server.done.filter(({ what, content, copy, isLike }) => {
      const meant = [...(this.copies.get(`${what} ${content}`) ?? [])];
      return !meant.includes(copy) && !meant.some(isLike);
    });
  }
}
