import type { MailParser } from '../ports/mail-parser';
import { parseContent, parseHead } from './parse-message';

/** Parses in the thread of whoever asks, which waits meanwhile. */
export const inThreadParser: MailParser = { ahead: 1, content: parseContent, head: parseHead };
