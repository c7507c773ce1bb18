import { BlockModel } from '@nocobase/client-v2';
import { tExpr } from '../locale';
import { MailboxBlock } from '../mailbox/Mailbox';

/** The mailbox as a block of any modern page, in both shells. The class name is what pages persist: never rename it. */
export class MailboxBlockModel extends BlockModel {
  override renderComponent() {
    return <MailboxBlock />;
  }
}

MailboxBlockModel.define({ label: tExpr('Mailbox') });

export default MailboxBlockModel;
