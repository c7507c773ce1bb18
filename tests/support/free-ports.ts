import net from 'node:net';

/** Where in its range a sandbox listens: submission, web, IMAP (its own and Dovecot's two), LMTP. */
export const PORT_OFFSETS = [24, 80, 143, 443, 587, 993, 994] as const;
/** Ranges begin at each hundred from here on, and end below the ports that systems give away (Linux: from 32,768). */
const FIRST = 10_000;
const RANGES = 217;

/**
 * The start of a range in which every port of a sandbox is free. Ranges overlap: one's 143 may be another's 443.
 * @param choose a number from 0 to below 1
 */
export async function freePorts(choose: () => number = Math.random): Promise<number> {
  for (;;) {
    const start = FIRST + Math.floor(choose() * RANGES) * 100;
    const areFree = await Promise.all(PORT_OFFSETS.map((offset) => isFree(start + offset)));
    if (areFree.every(Boolean)) return start;
  }
}

/** Whether a start failed because somebody else was there first, in the words of Node or of Dovecot. */
export const isPortInUse = (error: unknown): boolean => /EADDRINUSE|Address already in use/.test(String(error));

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
