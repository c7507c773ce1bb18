import net from 'node:net';
import { freePorts, isPortInUse, PORT_OFFSETS } from '../support/free-ports';

const listen = (port: number): Promise<net.Server> =>
  new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

it.each(PORT_OFFSETS)('a range is not chosen while somebody else has its port %d', async (offset) => {
  const start = await freePorts();
  const server = await listen(start + offset);
  const other = (start - 10_000) / 100 + 0.5;
  const choices = [other / 217, ((other + 31) % 217) / 217, ((other + 67) % 217) / 217];
  try {
    expect(await freePorts(() => choices.shift() ?? Math.random())).not.toBe(start);
  } finally {
    server.close();
  }
});

it('what a sandbox says when it finds a port taken is told from other failures', () => {
  expect(isPortInUse(new Error('listen EADDRINUSE: address already in use 127.0.0.1:25743'))).toBe(true);
  expect(isPortInUse(new Error('service(imap-login): listen(127.0.0.1, 25743) failed: Address already in use'))).toBe(
    true,
  );
  expect(isPortInUse(new Error('Dovecot is not installed'))).toBe(false);
});
