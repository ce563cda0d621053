import { isCurrency } from '../money/currencies.ts';
import type { Rate } from '../money/rate.ts';
import { invertRate, isRate, multiplyRates, parseRate } from '../money/rate.ts';

/** The reference rates of one day, as their source published them. */
export interface DayRates {
  /** The day they are of, `2026-11-25`. */
  readonly date: string;
  /** How much of a currency one euro is worth, as plain decimals: exactly what was published. */
  readonly perEuro: Readonly<Record<string, string>>;
}

/**
 * What one unit of `from` is worth in `to`, exactly: both are quoted against the euro, and the cross rate is their
 * ratio. Undefined when the day has no rate for one of them.
 */
export function crossRate(day: DayRates, from: string, to: string): Rate | undefined {
  const [ofFrom, ofTo] = [rateOf(day, from), rateOf(day, to)];
  return ofFrom && ofTo && multiplyRates(ofTo, invertRate(ofFrom));
}

function rateOf({ perEuro }: DayRates, currency: string): Rate | undefined {
  if (currency === 'EUR') return { numerator: 1n, denominator: 1n };
  const text = Object.hasOwn(perEuro, currency) ? perEuro[currency] : undefined;
  return text === undefined ? undefined : parseRate(text);
}

/**
 * What is wrong with rates that somebody sent us, in a sentence; undefined when they can be used. A currency that ISO
 * 4217 does not know is no reason to go without all others: nobody can ask for it.
 */
export function faultOf({ date, perEuro }: DayRates, now: Date): string | undefined {
  if (!isDate(date)) return `"${date.slice(0, 32)}" is not a day`;
  // Tomorrow has begun somewhere; further ahead a file of today cannot be.
  if (ageInDays(date, now) < -1) return `${date} is in the future`;
  const currencies = Object.keys(perEuro);
  if (!currencies.some(isCurrency)) return 'it has no rate of a currency';
  if (currencies.includes('EUR')) return 'it has a rate of the euro against itself';
  const odd = currencies.find((currency) => !isRate(perEuro[currency] ?? ''));
  return odd === undefined ? undefined : `the rate of ${odd.slice(0, 32)} is not a positive decimal`;
}

function isDate(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/u.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Whether rates of this day are too old to promise anything on. */
export function isStale(date: string, now: Date, staleAfterDays: number): boolean {
  return ageInDays(date, now) > staleAfterDays;
}

/** Days of the calendar (UTC) between the rates' day and now. */
function ageInDays(date: string, now: Date): number {
  const today = Date.parse(`${now.toISOString().slice(0, 10)}T00:00:00Z`);
  return (today - Date.parse(`${date}T00:00:00Z`)) / 86_400_000;
}
