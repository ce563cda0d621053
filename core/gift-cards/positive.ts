/** Throws RangeError for an amount that moves nothing or the wrong way: its caller has a bug. */
export function assertPositive(amount: bigint): void {
  if (amount <= 0n) throw new RangeError(`${amount.toString()} is not an amount to move`);
}
