import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import * as z from 'zod';
import type { Books } from './books.ts';

const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  DATA_DIR: z.string().min(1),
});

/** The settings of the process: the port to listen on (0 takes a free one) and the file of the books. */
export function readSettings(): { readonly port: number; readonly booksPath: string } {
  const { PORT, DATA_DIR } = environment.parse(process.env);
  // The books are their owner's alone, in a folder that somebody else made too.
  process.umask(0o077);
  mkdirSync(DATA_DIR, { recursive: true });
  return { port: PORT, booksPath: join(DATA_DIR, 'books.db') };
}

/**
 * Listens on the loopback address, prints `ready <url>`, and ends on SIGTERM, SIGINT or when its standard input
 * closes: whoever started it holds the other end of that pipe, so no simulator outlives its parent, even a killed one.
 */
export function serveUntilTold(server: Server, port: number, books: Pick<Books, 'close'>): void {
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    server.close(() => {
      books.close();
      process.exit(0);
    });
    // Calls under way are cut, as they are when a machine stops: what is committed stays, and the caller asks again.
    server.closeAllConnections();
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  process.stdin.once('end', end).once('error', end).once('close', end).resume();
  server.once('error', (error) => {
    process.stderr.write(`cannot listen: ${error.message}\n`);
    process.exit(1);
  });
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
    process.stdout.write(`ready http://127.0.0.1:${address.port}\n`);
  });
}
