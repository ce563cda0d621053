import type { TenderPart, TenderShare } from './tender-share.ts';

/**
 * How captures and refunds are spread over tenders (decision record 0012). One rule, both ways: gift cards are taken
 * first, in their order, and the card last; what was taken last goes back first. Both go by what is left of each share
 * when the movement begins.
 */

/** The parts of a capture. In: the shares, the amount, and whether what is then left of every share is released. */
export function allocateCapture(
  shares: readonly TenderShare[],
  amount: bigint,
  releasesRest: boolean,
): readonly TenderPart[] {
  const remainders = shares.map(({ capturable }) => capturable);
  const amounts = fill(remainders, amount);
  return amounts.map((part, index) => ({ amount: part, taken: releasesRest ? (remainders[index] ?? 0n) : part }));
}

/** The parts of a void or an expiry: all that is left of every share. */
export function allocateRelease(shares: readonly TenderShare[]): readonly TenderPart[] {
  return shares.map(({ capturable }) => ({ amount: capturable, taken: capturable }));
}

/** The parts of a refund: the card first, then the gift cards from the last to the first. */
export function allocateRefund(shares: readonly TenderShare[], amount: bigint): readonly TenderPart[] {
  const lastFirst = shares.map(({ refundable }) => refundable).toReversed();
  return fill(lastFirst, amount)
    .toReversed()
    .map((part) => ({ amount: part, taken: part }));
}

/** Takes an amount from each remainder as far as it goes, one after the other; nothing where chargebacks took too much. */
function fill(remainders: readonly bigint[], amount: bigint): readonly bigint[] {
  let left = amount;
  return remainders.map((remainder) => {
    const there = remainder > 0n ? remainder : 0n;
    const part = there < left ? there : left;
    left -= part;
    return part;
  });
}
