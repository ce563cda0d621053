/**
 * Sums that forget: each contribution loses half of its weight with every half-life. They are kept "forward decayed"
 * (Cormode, Shkapenyuk, Srivastava, Xu: Forward Decay, ICDE 2009): a contribution at time t is stored as x * 2^((t - L) / h)
 * over a landmark L, so that adding needs no look at what is there, and one plain ADD updates the sum in a table.
 */
export interface DecayedSums {
  /** Which landmark the sums go by: day `epoch * daysPerEpoch`. */
  readonly epoch: number;
  /** In the order of their half-lives, over the landmark. */
  readonly sums: readonly number[];
}

/** By what sums forget. */
export interface Scale {
  /** Days, one for each sum. */
  readonly halfLives: readonly number[];
  /**
   * How long a landmark is good for. Within it stored numbers grow by 2^(daysPerEpoch / half-life): a table holds up to 10^125,
   * some 400 half-lives.
   */
  readonly daysPerEpoch: number;
}

/** Nothing has been added yet. In: days since the Unix epoch. */
export function noSums(at: number, { halfLives, daysPerEpoch }: Scale): DecayedSums {
  return { epoch: Math.floor(at / daysPerEpoch), sums: halfLives.map(() => 0) };
}

/**
 * The sums with contributions at a time. In: the sums, their scale, the time in days since the Unix epoch, and a contribution
 * for each sum. A time before the landmark is as good as any other: what comes late weighs what is left
 * of it.
 */
export function addTo(
  { epoch, sums }: DecayedSums,
  { halfLives, daysPerEpoch }: Scale,
  at: number,
  contributions: readonly number[],
): DecayedSums {
  const next = Math.max(epoch, Math.floor(at / daysPerEpoch));
  const moved = (next - epoch) * daysPerEpoch;
  const sinceLandmark = at - next * daysPerEpoch;
  return {
    epoch: next,
    sums: sums.map((sum, index) => {
      const halfLife = halfLives[index] ?? 1;
      const kept = moved === 0 ? sum : sum * 2 ** (-moved / halfLife);
      const contribution = contributions[index] ?? 0;
      return contribution === 0 ? kept : kept + contribution * 2 ** (sinceLandmark / halfLife);
    }),
  };
}

/** What the sums are at a time, in the order of their half-lives. */
export function valuesAt(
  { epoch, sums }: DecayedSums,
  { halfLives, daysPerEpoch }: Scale,
  at: number,
): readonly number[] {
  const sinceLandmark = at - epoch * daysPerEpoch;
  return sums.map((sum, index) => (sum === 0 ? 0 : sum * 2 ** (-sinceLandmark / (halfLives[index] ?? 1))));
}
