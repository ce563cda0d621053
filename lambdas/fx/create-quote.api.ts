import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoQuoteStore } from '../../adapters/dynamodb/quote-store.ts';
import { dynamoRateBook } from '../../adapters/dynamodb/rate-book.ts';
import { askedAtMostEvery } from '../../adapters/rates/asked-at-most-every.ts';
import { ecbRateSource } from '../../adapters/rates/ecb/index.ts';
import { fxRoutes } from '../../contracts/fx.ts';
import type { CreateQuoteResult } from '../../core/fx/create-quote.ts';
import { createQuote } from '../../core/fx/create-quote.ts';
import { fxSettings } from '../../core/fx/settings.ts';
import type { ApiAnswer } from '../house/api-handler.ts';
import { apiHandler } from '../house/api-handler.ts';
import { jsonVariable, readEnvironment } from '../house/environment.ts';
import { log } from '../house/log.ts';
import { ProblemError } from '../house/problem-error.ts';
import { presentQuote } from './present-quote.ts';

const environment = z.object({ FX_TABLE_NAME: z.string(), RATES_URL: z.url(), FX: jsonVariable(fxSettings) });
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const client = createDynamoDBClient();
const dependencies = {
  quotes: dynamoQuoteStore(client, settings.FX_TABLE_NAME),
  rates: dynamoRateBook(client, settings.FX_TABLE_NAME),
  source: askedAtMostEvery(ecbRateSource(settings.RATES_URL), 30_000),
  settings: settings.FX,
};

export const handler = apiHandler(fxRoutes.createQuote, async ({ principal, idempotencyKey, body, now }) => {
  const request = { principal, idempotencyKey, ...body, amount: BigInt(body.amount) };
  return toAnswer(await createQuote(dependencies, request, now));
});

function toAnswer(result: CreateQuoteResult): ApiAnswer {
  switch (result.kind) {
    case 'created': {
      const headers = result.replayed ? { 'idempotent-replayed': 'true' } : undefined;
      return { status: 201, body: presentQuote(result.quote), ...(headers && { headers }) };
    }
    case 'keyReused':
      throw new ProblemError('idempotency_key_reused', 'Use a new key for another quote.');
    case 'sameCurrency':
      throw new ProblemError('same_currency', 'Both currencies are the same: the amount needs no quote.');
    case 'pairUnknown':
      throw new ProblemError('rate_unavailable', 'The reference rates have no such pair.');
    case 'ratesUnavailable':
      log.error('no rates that are fresh enough', { error: result.why });
      throw new ProblemError('rate_unavailable', 'There are no rates of the last days. Try again later.');
    case 'amountOutOfRange':
      throw new ProblemError('amount_out_of_range', 'The converted amount has to be from 1 to 10^12 minor units.');
  }
}
