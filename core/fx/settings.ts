import * as z from 'zod';
import { isCurrency } from '../money/currencies.ts';

/** For how long a quote's rate is promised, in seconds. */
export const lockSeconds = { '5m': 300, '1h': 3_600, '24h': 86_400 } as const;
export type Lock = keyof typeof lockSeconds;

/** Hundredths of a percent of the reference rate that are kept back; all of it would leave no rate. */
const basisPoints = z.int().min(0).max(9_999);
const margin = z.strictObject({ '5m': basisPoints, '1h': basisPoints, '24h': basisPoints });

const pair = z
  .string()
  .regex(/^[A-Z]{3}\/[A-Z]{3}$/u, 'is not a pair such as EUR/USD')
  .refine((text) => text.split('/').every(isCurrency), 'names no ISO 4217 currency')
  .refine((text) => text.slice(0, 3) !== text.slice(4), 'is a currency with itself');

/** How a stage prices conversions. */
export const fxSettings = z.strictObject({
  /** Rates of a day that is further back (calendar days, UTC) are not quoted. */
  staleAfterDays: z.int().min(1).max(30),
  /** By lock window, for every pair that has none of its own. */
  margin,
  /** By lock window, for conversions from the first to the second currency of a pair. */
  marginByPair: z.partialRecord(pair, margin),
});
export type FxSettings = z.infer<typeof fxSettings>;

/** The margin of a conversion in basis points. */
export function marginOf({ margin: usual, marginByPair }: FxSettings, from: string, to: string, lock: Lock): number {
  return (marginByPair[`${from}/${to}`] ?? usual)[lock];
}
