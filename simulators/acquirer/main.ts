import { createClock } from '../house/clock.ts';
import { createFaults } from '../house/faults.ts';
import { createLatency } from '../house/latency.ts';
import { readSettings, serveUntilTold } from '../house/lifecycle.ts';
import { createJsonServer } from '../house/server.ts';
import { describeError } from './api.ts';
import { openAcquirerBooks } from './books.ts';
import { readFeeBasisPoints } from './fees.ts';
import { acquirerRoutes } from './routes.ts';

const { port, booksPath } = readSettings();
const terms = { feeBasisPoints: readFeeBasisPoints() };
const books = openAcquirerBooks(booksPath);
const behaviour = { clock: createClock(books.clockOffset()), faults: createFaults(), latency: createLatency(0) };
serveUntilTold(createJsonServer(acquirerRoutes(books, behaviour, terms), describeError), port, books);
