/** Those of some movements that moved money. */
export function succeeded<T extends { readonly status: string }>(movements: readonly T[]): readonly T[] {
  return movements.filter(({ status }) => status === 'succeeded');
}

/** The sum of amounts, in minor units. */
export function sumOf(parts: readonly { readonly amount: number }[]): number {
  return parts.reduce((sum, { amount }) => sum + amount, 0);
}
