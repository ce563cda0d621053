import type { BinTable } from './ports.ts';
import type { CardFunding } from './token.ts';

/**
 * The ranges of the test cards that people know (../shared/domain-facts.md). An owner who licenses a BIN table puts
 * it behind the same port.
 */
const fundings: ReadonlyMap<string, CardFunding> = new Map([
  ['400000', 'credit'],
  ['400005', 'debit'],
  ['410000', 'credit'],
  ['424242', 'credit'],
  ['510510', 'prepaid'],
  ['520082', 'debit'],
  ['555555', 'credit'],
  ['378282', 'credit'],
  ['601111', 'credit'],
]);

/** Funding by the first six digits; `unknown` outside the test ranges. */
export const testBins: BinTable = {
  funding: (number) => fundings.get(number.slice(0, 6)) ?? 'unknown',
};
