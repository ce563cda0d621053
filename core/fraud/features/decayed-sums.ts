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

/** Stored numbers grow by 2^(100 / h) within an epoch: 2^200 for the shortest half-life, well below what a table holds. */
const daysPerEpoch = 100;

/** Nothing has been added yet. In: days since the Unix epoch, and the half-lives in days. */
export function noSums(at: number, halfLives: readonly number[]): DecayedSums {
  return { epoch: epochOf(at), sums: halfLives.map(() => 0) };
}

/**
 * The sums with contributions at a time. In: the sums, their half-lives in days, the time in days since the Unix epoch,
 * and a contribution for each sum. A time before the landmark is as good as any other: what comes late weighs what is left
 * of it.
 */
export function addTo(
  { epoch, sums }: DecayedSums,
  halfLives: readonly number[],
  at: number,
  contributions: readonly number[],
): DecayedSums {
  const next = Math.max(epoch, epochOf(at));
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
export function valuesAt({ epoch, sums }: DecayedSums, halfLives: readonly number[], at: number): readonly number[] {
  const sinceLandmark = at - epoch * daysPerEpoch;
  return sums.map((sum, index) => (sum === 0 ? 0 : sum * 2 ** (-sinceLandmark / (halfLives[index] ?? 1))));
}

function epochOf(at: number): number {
  return Math.floor(at / daysPerEpoch);
}
