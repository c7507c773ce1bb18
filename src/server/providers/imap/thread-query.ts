import type { ImapClient } from './client';

/**
 * Asks for X-GM-THRID where the server has it (Gmail's X-GM-EXT-1). Where it also has OBJECTID imapflow would ask for THREADID (RFC 8474),
 * which a server may make of subjects alone: not that.
 */
export function threadQuery({ capabilities }: Pick<ImapClient, 'capabilities'>): { threadId?: true } {
  return capabilities.has('X-GM-EXT-1') && !capabilities.has('OBJECTID') ? { threadId: true } : {};
}
