import { createClock } from '../house/clock.ts';
import { createFaults } from '../house/faults.ts';
import { createLatency } from '../house/latency.ts';
import { readSettings, serveUntilTold } from '../house/lifecycle.ts';
import { createJsonServer } from '../house/server.ts';
import { describeError } from './api.ts';
import { openAcquirerBooks } from './books.ts';
import { readFeeBasisPoints } from './fees.ts';
import { createPostman } from './postman.ts';
import { readNotificationUrl } from './notification-url.ts';
import { acquirerRoutes } from './routes.ts';
import { openSigningKey } from './signing-key.ts';

const { port, booksPath } = readSettings();
const terms = { feeBasisPoints: readFeeBasisPoints() };
const books = openAcquirerBooks(booksPath);
const clock = createClock(books.clockOffset());
const behaviour = {
  clock,
  clockSet: () => postman.wake(),
  faults: createFaults(),
  latency: createLatency(0),
};
const address = { url: readNotificationUrl(), key: openSigningKey(books.database) };
const postman = createPostman(books, behaviour, address);
const routes = acquirerRoutes(books, behaviour, { ...terms, postman, publicKey: address.key.publicKey });
serveUntilTold(createJsonServer(routes, describeError), port, books);
void postman.wake();
