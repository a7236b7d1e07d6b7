import { createServer } from 'node:net';

/**
 * The first of `preferred` that nothing listens on at 127.0.0.1, else any free port.
 *
 * @param taken ports already promised to somebody else
 */
export async function freePort(preferred: number[], taken: number[] = []): Promise<number> {
  for (const port of [...preferred, 0, 0, 0]) {
    if (taken.includes(port)) continue;
    const got = await tryPort(port);
    if (got !== null && !taken.includes(got)) return got;
  }
  throw new Error('No free TCP port on 127.0.0.1.');
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}
