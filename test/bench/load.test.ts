import { describe, expect, test } from '@jest/globals';
import { quantile, runLoad } from '../../bench/load.ts';
import { cardNumber } from '../../scripts/card-number.ts';

describe('a run of load', () => {
  test('does each once, so many at a time, and counts what fails by its reason', async () => {
    const begun: number[] = [];
    let [underWay, most] = [0, 0];
    const { count, failures, latencies } = await runLoad(
      { count: 20, width: 4, longestMilliseconds: Infinity },
      async (index) => {
        begun.push(index);
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        if (index % 10 === 3) throw new Error('refused');
      },
    );
    expect(begun.sort((left, right) => left - right)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect([count, latencies.length, most]).toEqual([18, 18, 4]);
    expect([...failures]).toEqual([['refused', 2]]);
  });

  test('begins nothing when its time is over', async () => {
    const { count } = await runLoad({ count: 5, width: 1, longestMilliseconds: 0 }, () => Promise.resolve());
    expect(count).toBe(0);
  });

  test('has the quantiles of its sorted latencies', () => {
    const latencies = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([quantile(latencies, 0.5), quantile(latencies, 0.99), quantile([], 0.5)]).toEqual([51, 100, 0]);
  });

  test('has the same quantiles in whatever order its latencies come', () => {
    const latencies = Array.from({ length: 100 }, (_, index) => ((index * 37) % 100) + 1);
    expect([quantile(latencies, 0.5), quantile(latencies, 0.99)]).toEqual([51, 100]);
  });

  test('pays with cards that pass the Luhn check', () => {
    expect(cardNumber(0)).toMatch(/^424242\d{10}$/u);
    for (const index of [0, 1, 12_345]) {
      const digits = Array.from(cardNumber(index)).reverse().map(Number);
      const sum = digits.reduce((total, digit, position) => {
        const weighed = position % 2 === 1 ? digit * 2 : digit;
        return total + (weighed > 9 ? weighed - 9 : weighed);
      }, 0);
      expect(sum % 10).toBe(0);
    }
  });
});
