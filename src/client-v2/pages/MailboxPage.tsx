import { Mailbox } from '../mailbox/Mailbox';

/** `/admin/email`: the mailbox below the shell's top bar. */
export default function MailboxPage() {
  return <Mailbox height="calc(100vh - var(--nb-header-height, 46px))" />;
}
