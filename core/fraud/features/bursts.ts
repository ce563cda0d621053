import type { DecayedSums, Scale } from './decayed-sums.ts';
import { addTo, noSums, valuesAt } from './decayed-sums.ts';
import type { FraudEvent } from './events.ts';

/**
 * What happens within minutes and hours, of a card or of a device. It is counted while a payment is scored: kept by days, so that
 * one write both counts and reads (a day is an item, whose sums only grow), and what is older is left behind with its item.
 */
export interface Bursts {
  readonly today: BurstDay;
  /** The day before; absent when nothing happened on it. */
  readonly before?: BurstDay;
}

/** A day's sums, and who else took part. */
export interface BurstDay {
  /** Days since the Unix epoch. */
  readonly day: number;
  /** Over the midnight that ends the day (UTC), so that they stay small numbers: each payment adds one at most. */
  readonly sums: DecayedSums;
  /** How many payments the day has counted. */
  readonly payments: number;
  /** Of a card: the devices it paid from; of a device: the cards that paid from it. */
  readonly others: readonly string[];
}

const [minute, hour] = [1 / 1440, 1 / 24];
/**
 * Payments within twenty minutes, an hour, six hours; declines within an hour. Shorter half-lives would need shorter days: a
 * table's number has 38 digits, and what a day's first payment adds has to be one of them.
 */
export const burstScale: Scale = { halfLives: [20 * minute, hour, 6 * hour, hour], daysPerEpoch: 1 };
/** What a payment and a decline add. */
export const burstContributions = { payment: [1, 1, 1, 0], decline: [0, 0, 0, 1] } as const;
/** After so many payments a day no longer notes who takes part: an item stays small, and whoever gets here is far beyond every limit. */
export const mostNoted = 100;

/** Nothing has happened. In: days since the Unix epoch. */
export function noBursts(at: number): Bursts {
  return { today: newDay(at) };
}

/** A day on which nothing has happened yet. */
export function newDay(at: number): BurstDay {
  const day = Math.floor(at);
  return { day, sums: noSums(day + 1, burstScale), payments: 0, others: [] };
}

/** After an event of a payment. In: who else took part in it; empty where that is not known. */
export function burstsAfter(bursts: Bursts, event: FraudEvent, other: string): Bursts {
  switch (event.kind) {
    case 'payment':
      return burstsAfterPayment(bursts, event.at, other);
    case 'decline':
      return burstsAfterDecline(bursts, event.at);
    case 'fraud_known':
      return bursts;
  }
}

function burstsAfterPayment(bursts: Bursts, at: number, other: string): Bursts {
  return changeDay(bursts, at, (day) => ({
    ...day,
    sums: addTo(day.sums, burstScale, at, burstContributions.payment),
    payments: day.payments + 1,
    others:
      other === '' || day.others.includes(other) || day.payments >= mostNoted ? day.others : [...day.others, other],
  }));
}

function burstsAfterDecline(bursts: Bursts, at: number): Bursts {
  return changeDay(bursts, at, (day) => ({
    ...day,
    sums: addTo(day.sums, burstScale, at, burstContributions.decline),
  }));
}

/** Changes the day of a time. What comes later than a day after is too late to be counted. */
function changeDay(bursts: Bursts, at: number, change: (day: BurstDay) => BurstDay): Bursts {
  const { today, before } = rolled(bursts, at);
  const day = Math.floor(at);
  if (day === today.day) return { today: change(today), ...(before && { before }) };
  if (day === today.day - 1) return { today, before: change(before ?? newDay(at)) };
  return bursts;
}

/** As of a day: the day before it becomes `before`, and what is older is forgotten. */
function rolled(bursts: Bursts, at: number): Bursts {
  const passed = Math.floor(at) - bursts.today.day;
  if (passed <= 0) return bursts;
  return { today: newDay(at), ...(passed === 1 && { before: bursts.today }) };
}

/** What a payment looks like beside the others of these days. In: its time, and who else takes part in it. */
export function burstFeatures(bursts: Bursts, at: number, other: string): readonly number[] {
  const { today, before } = rolled(bursts, at);
  const [now, then] = [valuesAt(today.sums, burstScale, at), before && valuesAt(before.sums, burstScale, at)];
  const values = now.map((value, index) => value + (then?.[index] ?? 0));
  values.push(othersAmong(today.others, before?.others ?? [], other));
  return values;
}

/** How many ids there are in two lists, each without doubles, but one. */
function othersAmong(ids: readonly string[], more: readonly string[], other: string): number {
  if (ids.length + more.length === 0) return 0;
  const others = new Set(ids);
  for (const id of more) others.add(id);
  others.delete(other);
  return others.size;
}

/** The names of these features. In: of what, and what the others are. */
export function burstFeatureNames(entity: 'card' | 'device', others: string): readonly string[] {
  return ['payments_20m', 'payments_1h', 'payments_6h', 'declines_1h', `other_${others}`].map(
    (name) => `${entity}_${name}`,
  );
}
