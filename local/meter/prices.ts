import { listPrices } from './list-prices.ts';
import type { ListPrice, Metered } from './list-prices.ts';

export type Usage = Readonly<Record<Metered, number>>;

export interface Dollars {
  readonly total: number;
  readonly byService: Readonly<Record<string, number>>;
}

/** What a usage costs by the list prices. */
export function priceOf(usage: Usage): Dollars {
  const byService: Record<string, number> = {};
  let total = 0;
  for (const [quantity, { service, dollars, per }] of linesOf(usage)) {
    const cost = (quantity / per) * dollars;
    byService[service] = (byService[service] ?? 0) + cost;
    total += cost;
  }
  return { total, byService };
}

function linesOf(usage: Usage): readonly (readonly [number, ListPrice])[] {
  const prices: Readonly<Record<string, ListPrice>> = listPrices;
  return Object.entries(usage).flatMap(([metered, quantity]) => {
    const price = prices[metered];
    return price ? [[quantity, price] as const] : [];
  });
}

/** The same for a million of something that was counted in the same time; undefined when none was. */
export function perMillion(dollars: Dollars, count: number): Dollars | undefined {
  if (count === 0) return undefined;
  const scale = (cost: number) => (cost / count) * 1_000_000;
  const byService = Object.entries(dollars.byService).map(([service, cost]) => [service, scale(cost)] as const);
  return { total: scale(dollars.total), byService: Object.fromEntries(byService) };
}
