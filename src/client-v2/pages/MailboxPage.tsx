import { Mailbox } from '../mailbox/Mailbox';
import { useDocumentTitle } from './use-document-title';
import { useUrlPlace } from './use-url-place';

/** `/admin/email`: the mailbox below the shell's top bar. */
export default function MailboxPage() {
  useDocumentTitle();
  return <Mailbox height="calc(100vh - var(--nb-header-height, 46px))" place={useUrlPlace()} takesFocus />;
}
