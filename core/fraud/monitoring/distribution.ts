/** How values spread over bins. */
export interface Distribution {
  /** Between the bins: a bin takes what is at most its border, the last one the rest. */
  readonly borders: readonly number[];
  readonly counts: readonly number[];
}

const bins = 10;

/** Bins that share these values evenly, as far as they are different, and how many fell into each. */
export function evenDistribution(values: readonly number[]): Distribution {
  const sorted = values.toSorted((one, other) => one - other);
  const quantiles = Array.from(
    { length: bins - 1 },
    (_, index) => sorted[Math.floor(((index + 1) * sorted.length) / bins)],
  );
  const borders = [...new Set(quantiles)].flatMap((border) => border ?? []);
  return distributionOver(borders, values);
}

/** How many values fall into bins that are given. */
export function distributionOver(borders: readonly number[], values: readonly number[]): Distribution {
  const counts = Array.from({ length: borders.length + 1 }, () => 0);
  for (const value of values) {
    const found = borders.findIndex((border) => value <= border);
    const bin = found < 0 ? borders.length : found;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { borders, counts };
}

/**
 * The population stability index: 0 for the same distribution; from 0.1 on somewhat shifted, from 0.25 on another population (Siddiqi:
 * Credit Risk Scorecards, 2006). Each bin counts half an observation more, so that an empty one says much, but not everything.
 */
export function populationStability(before: Distribution, now: Distribution): number {
  const shares = ({ counts }: Distribution) => {
    const all = counts.reduce((sum, count) => sum + count + 0.5, 0);
    return counts.map((count) => (count + 0.5) / all);
  };
  const [expected, found] = [shares(before), shares(now)];
  return expected.reduce((sum, share, bin) => {
    const present = found[bin] ?? share;
    return sum + (present - share) * Math.log(present / share);
  }, 0);
}
