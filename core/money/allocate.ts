/**
 * Splits an amount over weights so that the parts sum to it exactly: an amount is never rounded piece by piece.
 *
 * The one rule (largest remainder): each part first gets its share rounded towards zero; the minor units that are left
 * go, one each, to the parts that lost the largest fractions, and of equal ones to the earlier. So no part is a whole
 * unit away from its exact share, a weight of 0 gets nothing, and a negative amount is split like its opposite.
 *
 * Our own, because this rule is what the project exists for: dinero.js 2, the best-kept library for money, hands what is
 * left to the largest weights whatever they lost, and answers the weights themselves when they sum to zero.
 *
 * In: minor units, and weights that are not negative and of which one is positive (else a RangeError).
 */
export function allocate(amount: bigint, weights: readonly bigint[]): readonly bigint[] {
  if (weights.some((weight) => weight < 0n)) throw new RangeError('A weight is negative');
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n) throw new RangeError('There is no weight to allocate by');
  if (amount < 0n) return allocate(-amount, weights).map((part) => -part);
  const shares = weights.map((weight, index) => {
    const exact = amount * weight;
    return { index, part: exact / total, lost: exact % total };
  });
  const left = amount - shares.reduce((sum, { part }) => sum + part, 0n);
  // Sorting is stable: shares that lost the same stay in their order.
  const favoured = shares.toSorted((a, b) => (a.lost === b.lost ? 0 : a.lost < b.lost ? 1 : -1)).slice(0, Number(left));
  const extra = new Set(favoured.map(({ index }) => index));
  return shares.map(({ part, index }) => part + (extra.has(index) ? 1n : 0n));
}
