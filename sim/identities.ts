import type { AccountId, MessageId } from '../src/server/mail/ids';
import type { MessageRow } from '../src/server/ports/records';
import type { Tables } from '../src/server/runtime/tables';
import type { ScriptedServer } from './scripted-server';

/** Which mail of the scripted server a message is; NaN while its header is not known. */
export const contentOf = ({ messageId }: Pick<MessageRow, 'messageId'>): number =>
  Number(/^m(\d+)@sim$/.exec(messageId ?? '')?.[1]);

/** Which row each mail has had since it was first read: notes, labels and links of people hang on it. */
export class Identities {
  private readonly rows = new Map<number, MessageId>();

  constructor(private readonly server: ScriptedServer) {}

  /** To be called often: what comes and goes in between is not seen. */
  async look(tables: Tables, account: AccountId): Promise<void> {
    const there = this.contentsThere();
    for (const row of await tables.messages.find({ accountId: account }, { attributes: ['id', 'messageId'] })) {
      const content = contentOf(row);
      if (there.has(content) && !this.rows.has(content)) this.rows.set(content, row.id);
    }
  }

  /** Mails that were on the server all the time, and have another row now than they had once. */
  changed(messages: readonly MessageRow[]): number[] {
    const there = this.contentsThere();
    const here = new Set(messages.map(({ id }) => id));
    return [...this.rows].flatMap(([content, id]) => (there.has(content) && !here.has(id) ? content : []));
  }

  private contentsThere(): ReadonlySet<number> {
    return new Set([...this.server.folders.values()].flatMap(({ messages }) => messages.map(({ content }) => content)));
  }
}
