declare module 'hoodiecrow-imap' {
  import type { Server } from 'node:net';
  import type { FetchHandler } from 'hoodiecrow-imap/lib/commands/handlers/fetch';
  export interface HoodiecrowServer {
    readonly fetchHandlers: Record<string, FetchHandler>;
    readonly server: Server;
    readonly folderCache: Record<string, { messages: { raw: string; flags: string[]; internaldate: string }[] }>;
    listen(port: number, host: string, ready: () => void): void;
    close(done: () => void): void;
    getMailbox(path: string): object | undefined;
    createMailbox(path: string, definition: object): void;
    appendMessage(path: string, flags: string[], internalDate: string, raw: string): void;
  }
  export default function hoodiecrow(options: object): HoodiecrowServer;
}

declare module 'hoodiecrow-imap/lib/commands/handlers/fetch' {
  export interface FetchQuery {
    partial?: number[];
    [key: string]: unknown;
  }
  export type FetchHandler = (connection: unknown, message: unknown, query: FetchQuery) => unknown;
  const handlers: Record<string, FetchHandler>;
  export default handlers;
}
