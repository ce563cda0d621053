import { once } from 'node:events';
import type { Server } from 'node:http';
import * as z from 'zod';

const loopback = '127.0.0.1';
const address = z.object({ port: z.int() });

/**
 * Lets a server listen on the loopback interface alone.
 *
 * @param port 0 takes a free one.
 * @throws Error with code EADDRINUSE or EACCES when the port cannot be had.
 */
export async function listenOnLoopback(
  server: Server,
  port: number,
): Promise<{ url: string; close: () => Promise<void> }> {
  server.listen(port, loopback);
  await once(server, 'listening');
  const url = `http://${loopback}:${address.parse(server.address()).port}`;
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    // Idle connections would keep the server open for as long as clients hold them.
    server.closeAllConnections();
    await closed;
  };
  return { url, close };
}
