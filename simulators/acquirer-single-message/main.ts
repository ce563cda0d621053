import { createClock } from '../house/clock.ts';
import { createFaults } from '../house/faults.ts';
import { createLatency } from '../house/latency.ts';
import { readSettings, serveUntilTold } from '../house/lifecycle.ts';
import { createJsonServer } from '../house/server.ts';
import { describeError } from './api.ts';
import { openSingleMessageBooks } from './books.ts';
import { singleMessageRoutes } from './routes.ts';

/** This acquirer is slow by nature. */
const usualMilliseconds = 800;

const { port, booksPath } = readSettings();
const books = openSingleMessageBooks(booksPath);
const behaviour = {
  clock: createClock(books.clockOffset()),
  faults: createFaults(),
  latency: createLatency(usualMilliseconds),
};
serveUntilTold(createJsonServer(singleMessageRoutes(books, behaviour), describeError), port, books);
