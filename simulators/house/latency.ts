import type { Chance } from './chance.ts';
import { seededChance } from './chance.ts';

/** How long calls usually take: log-normal around a median, as answers of card networks are. */
export interface Latency {
  /** The median in milliseconds; 0 answers at once. */
  setMedian(milliseconds: number): void;
  median(): number;
  /** The milliseconds that the next call takes. */
  draw(): number;
}

/** Half of all calls take between about 0.76 and 1.3 medians, one in a hundred more than 2.5. */
const sigma = 0.4;
const seed = 20_261_122;

export function createLatency(medianMilliseconds: number): Latency {
  let median = medianMilliseconds;
  const chance = seededChance(seed);
  return {
    setMedian: (milliseconds) => {
      median = milliseconds;
    },
    median: () => median,
    draw: () => (median === 0 ? 0 : median * Math.exp(sigma * standardNormal(chance))),
  };
}

/** Box and Muller's transformation; 1 - u keeps the logarithm's argument above zero. */
function standardNormal(chance: Chance): number {
  return Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
}
