import * as z from 'zod';
import { createDynamoDBClient } from '../../adapters/dynamodb/client.ts';
import { dynamoRateBook } from '../../adapters/dynamodb/rate-book.ts';
import { ecbRateSource } from '../../adapters/rates/ecb/index.ts';
import { refreshRates } from '../../core/fx/refresh-rates.ts';
import { fxSettings } from '../../core/fx/settings.ts';
import { jsonVariable, readEnvironment } from '../house/environment.ts';
import { log } from '../house/log.ts';
import { taskHandler } from '../house/task-handler.ts';

const environment = z.object({ FX_TABLE_NAME: z.string(), RATES_URL: z.url(), FX: jsonVariable(fxSettings) });
export type Environment = z.input<typeof environment>;

const settings = readEnvironment(environment);
const dependencies = {
  source: ecbRateSource(settings.RATES_URL),
  rates: dynamoRateBook(createDynamoDBClient(), settings.FX_TABLE_NAME),
  staleAfterDays: settings.FX.staleAfterDays,
};

export const handler = taskHandler(z.unknown(), async () => {
  const { kind, rates } = await refreshRates(dependencies, new Date());
  log.info('rates refreshed', { kind, date: rates.date, currencies: Object.keys(rates.perEuro).length });
  return { kind, date: rates.date };
});
