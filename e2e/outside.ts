import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/**
 * The rest of the internet, as seen from the browser: every name but localhost leads here. Requests of sandboxed frames
 * are invisible to the browser driver, so only a real server knows of them.
 */
export interface Outside {
  /** Command-line argument that leads a Chromium here. */
  readonly chromiumArgument: string;
  /** What was asked since the last call: `http://host/path`, or `https://host` where only a TLS handshake was begun. */
  take(): string[];
  stop(): Promise<void>;
}

/** A picture of one pixel, so that a request which is allowed succeeds. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** What Chromium asks for itself, with an empty page and all its updates switched off. Nothing else is overlooked. */
const BROWSERS_OWN =
  /^(?:https:\/\/(?:accounts\.google\.com|(?:update|optimizationguide-pa|content-autofill|safebrowsing)\.googleapis\.com|redirector\.gvt1\.com)|http:\/\/update\.googleapis\.com\/service\/update2\/json\?.*)$/;

export async function startOutside(): Promise<Outside> {
  let seen: string[] = [];
  const sockets = new Set<Socket>();
  const server = http.createServer((request, response) => {
    seen.push(`http://${request.headers.host ?? ''}${request.url ?? ''}`);
    response.writeHead(200, { 'Content-Type': 'image/gif' }).end(PIXEL);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('clientError', (error, socket) => {
    seen.push(`https://${serverName((error as { rawPacket?: Buffer }).rawPacket)}`);
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    chromiumArgument: `--host-resolver-rules=MAP * 127.0.0.1:${port}, EXCLUDE localhost, EXCLUDE 127.0.0.1`,
    take: () => {
      const taken = seen.filter((url) => !BROWSERS_OWN.test(url));
      seen = [];
      return taken;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Server name of a ClientHello: extension 0, one name of type 0, each with its length before it (RFC 6066 §3). */
function serverName(packet: Buffer | undefined): string {
  for (let at = packet?.indexOf('\0\0') ?? -1; packet && at >= 0; at = packet.indexOf('\0\0', at + 1)) {
    if (at + 9 > packet.length) break;
    const [extension, list, type, length] = [2, 4, 6, 7].map((offset) =>
      offset === 6 ? packet.readUInt8(at + offset) : packet.readUInt16BE(at + offset),
    );
    const name = packet.toString('latin1', at + 9, at + 9 + length);
    if (type === 0 && extension === list + 2 && list === length + 3 && /^[a-z0-9.-]+$/i.test(name)) return name;
  }
  return '(unknown)';
}
