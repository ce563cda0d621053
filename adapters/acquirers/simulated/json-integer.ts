/** An amount as a JSON number, which is exact only up to 2^53 - 1. Throws a RangeError beyond it, and below 1. */
export function toJsonInteger(amount: bigint): number {
  if (amount < 1n || amount > BigInt(Number.MAX_SAFE_INTEGER))
    throw new RangeError('the amount cannot be sent exactly');
  return Number(amount);
}
