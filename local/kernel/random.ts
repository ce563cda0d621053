/**
 * Chance that repeats itself: the same seed gives the same draws (mulberry32, public domain). For faults and jitter
 * that a test must be able to see again, never for secrets.
 *
 * @returns A function that draws a number of at least 0 and below 1.
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
