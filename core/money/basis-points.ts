import { divide } from './rounding.ts';

/** A hundredth of a percent: the unit of fees and commissions. */
const wholeBasisPoints = 10_000n;

/**
 * A share of an amount that is not negative. In: minor units and basis points (300 is 3 %). Out: minor units of the same
 * currency, rounded half up, as acquirers' fee schedules do.
 */
export function basisPointsHalfUp(amount: bigint, basisPoints: number): bigint {
  if (amount < 0n) throw new RangeError('A share is taken of an amount that is not negative');
  return divide(amount * BigInt(basisPoints), wholeBasisPoints, 'halfUp');
}
