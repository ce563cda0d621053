/** Draws from a source of numbers from 0 to below 1. */
export interface Draw {
  /** Whether something of this probability happens. */
  chance(probability: number): boolean;
  /** From `low` to below `high`. */
  between(low: number, high: number): number;
  /** From `low` to `high`, both among them. */
  whole(low: number, high: number): number;
  /** Around 1, always above 0: the exponential of a normal number of this deviation. */
  aroundOne(deviation: number): number;
  /** How often something happens that happens `mean` times on average (Poisson; Knuth's method, for small means). */
  times(mean: number): number;
  oneOf<T>(choices: readonly T[]): T;
}

export function drawFrom(random: () => number): Draw {
  const whole = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  return {
    chance: (probability) => random() < probability,
    between: (low, high) => low + random() * (high - low),
    whole,
    aroundOne: (deviation) => {
      // Box and Muller's transform; 1 - random() is never 0.
      const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      return Math.exp(deviation * normal);
    },
    times: (mean) => {
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = random(); product > limit; product *= random()) count += 1;
      return count;
    },
    oneOf: (choices) => {
      const chosen = choices[whole(0, choices.length - 1)];
      if (chosen === undefined) throw new Error('There is nothing to draw from');
      return chosen;
    },
  };
}
