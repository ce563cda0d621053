/** What a run of calls came to. */
export interface LoadResult {
  readonly count: number;
  readonly perSecond: number;
  /** Milliseconds that each took, in ascending order. */
  readonly latencies: readonly number[];
  /** What went wrong, each reason with how often. */
  readonly failures: ReadonlyMap<string, number>;
}

export interface LoadOptions {
  /** How many at most. */
  readonly count: number;
  /** How many at once. */
  readonly width: number;
  /** No more are begun when this is over. */
  readonly longestMilliseconds: number;
}

/** Runs `work` for 0, 1, 2, …, so many at a time. What it throws is counted. */
export async function runLoad(
  { count, width, longestMilliseconds }: LoadOptions,
  work: (index: number) => Promise<void>,
): Promise<LoadResult> {
  const latencies: number[] = [];
  const failures = new Map<string, number>();
  const startedAt = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < count && performance.now() - startedAt < longestMilliseconds) {
      const index = next;
      next += 1;
      const begunAt = performance.now();
      try {
        await work(index);
        latencies.push(performance.now() - begunAt);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        failures.set(reason, (failures.get(reason) ?? 0) + 1);
      }
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  const seconds = (performance.now() - startedAt) / 1000;
  return { count: latencies.length, perSecond: latencies.length / seconds, latencies, failures };
}

/** The value below which this share of the values lies, in whatever order they come; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
