/** What outlook.office365.com advertises before and after login; docs/spec/provider-quirks.md says where that is from. */
export const EXCHANGE_CAPABILITIES = {
  before:
    'IMAP4 IMAP4rev1 AUTH=XOAUTH2 LOGINDISABLED SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+',
  after:
    'IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CLIENTACCESSRULES CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE CHILDREN IDLE NAMESPACE LITERAL+',
} as const;

const ALLOWED = new Set(
  'CAPABILITY NOOP LOGOUT AUTHENTICATE SELECT EXAMINE CREATE DELETE RENAME SUBSCRIBE UNSUBSCRIBE LIST LSUB STATUS APPEND CHECK CLOSE UNSELECT EXPUNGE SEARCH FETCH STORE COPY MOVE UID IDLE NAMESPACE ID'.split(
    ' ',
  ),
);
const FOREIGN =
  /\bRETURN *\(|\(CONDSTORE|\(QRESYNC|CHANGEDSINCE|UNCHANGEDSINCE|\bMODSEQ\b|HIGHESTMODSEQ|PREVIEW|BINARY|EMAILID|THREADID|SAVEDATE|SPECIAL-USE/i;

/** Exchange's refusal of a command it does not know, or null. `args` is what follows the command. */
export function exchangeRefusal(tag: string, command: string, args: string): string | null {
  if (!ALLOWED.has(command)) return `${tag} BAD Command Error. 12`;
  if (command !== 'APPEND' && FOREIGN.test(args)) return `${tag} BAD Command Argument Error. 11`;
  if (command === 'SEARCH' && /CHARSET +(?!US-ASCII)/i.test(args))
    return `${tag} NO [BADCHARSET (US-ASCII)] The specified charset is not supported.`;
  return null;
}

/** A response line of the real server as Exchange would send it; null drops it. */
export function asExchange(line: string): string | null {
  if (/^\* OK \[(HIGHESTMODSEQ|NOMODSEQ)/i.test(line) || /^\* ENABLED/i.test(line)) return null;
  if (/^\* OK \[PERMANENTFLAGS/i.test(line)) {
    return '* OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $MDNSent)] Permanent flags\r\n';
  }
  if (/^\* CAPABILITY /i.test(line)) return `* CAPABILITY ${EXCHANGE_CAPABILITIES.after}\r\n`;
  return line
    .replace(/\[CAPABILITY [^\]]*\]/i, `[CAPABILITY ${EXCHANGE_CAPABILITIES.after}]`)
    .replace(/\[HIGHESTMODSEQ \d+\] ?|\[MODIFIED [^\]]*\] ?/i, '');
}
