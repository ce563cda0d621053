import { createClock } from '../house/clock.ts';
import { createFaults } from '../house/faults.ts';
import { createLatency } from '../house/latency.ts';
import { readSettings, serveUntilTold } from '../house/lifecycle.ts';
import { createJsonServer } from '../house/server.ts';
import { openAuthorizationBooks } from './books.ts';
import { acquirerRoutes, describeError } from './routes.ts';

const { port, booksPath } = readSettings();
const books = openAuthorizationBooks(booksPath);
const behaviour = { clock: createClock(books.clockOffset()), faults: createFaults(), latency: createLatency(0) };
serveUntilTold(createJsonServer(acquirerRoutes(books, behaviour), describeError), port, books);
