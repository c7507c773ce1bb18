/** Header fields that tell one mail from another. Received is written by the servers on the way, the topmost by the reader's own. */
export const TELLING_FIELDS = [
  'from',
  'sender',
  'to',
  'cc',
  'subject',
  'date',
  'message-id',
  'in-reply-to',
  'references',
  'received',
  'dkim-signature',
] as const;
