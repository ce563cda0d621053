import { currencyExponent } from './currencies.ts';

/**
 * How many units of a currency are about a euro: to two digits, and never brought up to date, so that a threshold or a model means the
 * same for years. Good for judging how dear something is; no money is ever converted by it. Source: the ECB's reference rates and, for
 * currencies without one, market rates of autumn 2025. A currency that is missing counts as a euro a unit.
 */
const unitsPerEuro: Readonly<Record<string, number>> = {
  ...{ AED: 4.3, ARS: 1600, AUD: 1.8, BHD: 0.44, BRL: 6.2, CAD: 1.6, CHF: 0.94, CLP: 1100, CNY: 8.2, COP: 4500 },
  ...{ CZK: 24, DKK: 7.5, EGP: 55, GBP: 0.87, HKD: 9, HUF: 390, IDR: 19_000, ILS: 3.8, INR: 100, ISK: 140 },
  ...{ JOD: 0.83, JPY: 170, KRW: 1600, KWD: 0.36, KZT: 620, MXN: 21, MYR: 4.9, NGN: 1700, NOK: 12, NZD: 2 },
  ...{ OMR: 0.45, PHP: 68, PKR: 330, PLN: 4.3, RON: 5.1, SAR: 4.4, SEK: 11, SGD: 1.5, THB: 38, TRY: 48 },
  ...{ TWD: 36, UAH: 49, USD: 1.2, VND: 30_000, ZAR: 20 },
};

/** What an amount is roughly worth, in cents of a euro: of euros exactly what it is. In: minor units of an ISO 4217 currency. */
export function roughEuroCents(amount: bigint, currency: string): number {
  return Number(amount) * (100 / 10 ** currencyExponent(currency) / (unitsPerEuro[currency] ?? 1));
}
