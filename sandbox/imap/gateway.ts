import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import type { Certificates } from '../certificates';
import type { Faults } from '../faults';
import { GatewayConnection } from './gateway-connection';

/** Where a mailbox really lives: a plain IMAP server on loopback that takes LOGIN. */
export interface Backend {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export interface GatewayOptions {
  readonly certificates: Certificates;
  readonly port: number;
  readonly faults: Faults;
  /** Checks XOAUTH2 credentials and names the mailbox's backend. @throws when they are refused */
  readonly authenticate: (user: string, accessToken: string) => Backend;
}

export interface Gateway {
  readonly port: number;
  /** Ends every open connection, as a restart of the front end would. */
  dropAll(text: string): void;
  /** Connections that are logged in to a mailbox, now and at most since the start. */
  connectionsOf(user: string): { readonly now: number; readonly most: number };
  close(): Promise<void>;
}

/**
 * The face of outlook.office365.com: one TLS address for all mailboxes. It checks the token, routes to the mailbox of the
 * authenticated user, advertises and *allows* only what Exchange does, and fails on request.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const connections = new Set<GatewayConnection>();
  const peaks = new Map<string, number>();
  const countOf = (user: string): number =>
    [...connections].filter((one) => one.mailbox?.toLowerCase() === user.toLowerCase()).length;
  const loggedIn = (user: string): void => {
    const key = user.toLowerCase();
    peaks.set(key, Math.max(peaks.get(key) ?? 0, countOf(user)));
  };
  const server = tls.createServer({ key: options.certificates.key, cert: options.certificates.cert }, (socket) => {
    // Lines are short: Nagle's algorithm would hold each of them for the other side's delayed acknowledgement, 40 ms.
    socket.setNoDelay(true);
    const connection = new GatewayConnection(socket, options, loggedIn);
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    dropAll: (text) => connections.forEach((connection) => connection.end(text)),
    connectionsOf: (user) => ({ now: countOf(user), most: peaks.get(user.toLowerCase()) ?? 0 }),
    close: async () => {
      connections.forEach((connection) => connection.end(''));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
