import { TopbarActionModel } from '@nocobase/client-v2';
import { EnvelopeButton } from '../mailbox/EnvelopeButton';
import { tExpr } from '../locale';

/** Envelope in the modern shell's top bar. The class name is what pages persist: never rename it. */
export class EmailTopbarActionModel extends TopbarActionModel {
  override sort = 210;
  override actionId = 'email-manager';
  override testId = 'email-envelope';
  override tooltip = tExpr('Mail');

  override render() {
    return <EnvelopeButton />;
  }
}

export default EmailTopbarActionModel;
