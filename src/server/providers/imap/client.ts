import type { ImapFlow } from 'imapflow';

/** What we use of imapflow: small enough for a scripted server to stand in for it (sim/). */
export type ImapClient = Pick<
  ImapFlow,
  | 'mailbox'
  | 'usable'
  | 'enabled'
  | 'capabilities'
  | 'mailboxOpen'
  | 'list'
  | 'fetch'
  | 'fetchAll'
  | 'download'
  | 'append'
  | 'messageFlagsAdd'
  | 'messageFlagsRemove'
  | 'messageMove'
  | 'messageCopy'
  | 'messageDelete'
  | 'idle'
  | 'on'
  | 'off'
  | 'close'
>;
