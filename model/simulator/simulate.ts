import { seededRandom } from '../../local/kernel/random.ts';
import { attacksOf } from './attacks.ts';
import { drawFrom } from './draw.ts';
import type { MarketSize } from './market.ts';
import { honestPayments, openMarket } from './market.ts';
import type { SimulatedPayment } from './payment.ts';

export interface Simulation extends MarketSize {
  readonly days: number;
  readonly seed: number;
  /** How many times as many attacks as usual begin. */
  readonly attackRate?: number;
}

/** The payments of a market over days, honest ones and attacks among them, in the order of their times. The same seed gives the same. */
export function simulate({ days, seed, attackRate = 1, ...size }: Simulation): readonly SimulatedPayment[] {
  const draw = drawFrom(seededRandom(seed));
  const market = openMarket(draw, size);
  return Array.from({ length: days }, (_, day) => [
    ...honestPayments(draw, market, day),
    ...attacksOf(draw, market, day, attackRate),
  ])
    .flat()
    .filter(({ at }) => at < days)
    .toSorted((one, other) => one.at - other.at);
}
