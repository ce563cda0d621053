import { createClock } from '../house/clock.ts';
import { createFaults } from '../house/faults.ts';
import { createLatency } from '../house/latency.ts';
import { readSettings, serveUntilTold } from '../house/lifecycle.ts';
import { openRateBooks } from './books.ts';
import { createRatesServer } from './server.ts';

const { port, booksPath } = readSettings();
const books = openRateBooks(booksPath);
const behaviour = { clock: createClock(books.clockOffset()), faults: createFaults(), latency: createLatency(0) };
serveUntilTold(createRatesServer(books, behaviour), port, books);
