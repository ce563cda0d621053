import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../../simulators/house/faults.ts';
import { createFaults } from '../../../simulators/house/faults.ts';

const aFault = (changes: Partial<Fault>): Fault => ({
  operation: '*',
  kind: 'error',
  rate: 1,
  seed: 1,
  delayMs: 100,
  ...changes,
});

const drawn = (faults: ReturnType<typeof createFaults>, count: number) =>
  Array.from({ length: count }, () => faults.draw('authorize').breakage !== undefined);

describe('faults', () => {
  test('there are none at first and none after clearing', () => {
    const faults = createFaults();
    expect(faults.draw('authorize')).toEqual({ delayMilliseconds: 0, breakage: undefined });
    faults.add(aFault({}));
    faults.clear();
    expect(faults.draw('authorize')).toEqual({ delayMilliseconds: 0, breakage: undefined });
    expect(faults.list()).toEqual([]);
  });

  test('a fault meets only its operation', () => {
    const faults = createFaults();
    faults.add(aFault({ operation: 'cancel', kind: 'drop_after' }));
    expect(faults.draw('authorize').breakage).toBeUndefined();
    expect(faults.draw('cancel').breakage).toBe('drop_after');
  });

  test('delays add up, and the first other fault breaks the call', () => {
    const faults = createFaults();
    faults.add(aFault({ kind: 'delay' }));
    faults.add(aFault({ kind: 'drop_before' }));
    faults.add(aFault({ kind: 'error' }));
    faults.add(aFault({ kind: 'delay', delayMs: 50 }));
    expect(faults.draw('authorize')).toEqual({ delayMilliseconds: 150, breakage: 'drop_before' });
  });

  test('a rate is the share of calls that meet it, and a seed repeats the sequence', () => {
    const [one, same, other] = [7, 7, 8].map((seed) => {
      const faults = createFaults();
      faults.add(aFault({ rate: 0.3, seed }));
      return drawn(faults, 2_000);
    });
    expect(one).toEqual(same);
    expect(one).not.toEqual(other);
    const share = (one ?? []).filter(Boolean).length / 2_000;
    expect(Math.abs(share - 0.3)).toBeLessThan(0.04);
  });

  test('a rate of 0 meets nobody and a rate of 1 everybody', () => {
    const never = createFaults();
    never.add(aFault({ rate: 0 }));
    expect(drawn(never, 500)).not.toContain(true);
    const always = createFaults();
    always.add(aFault({}));
    expect(drawn(always, 500)).not.toContain(false);
  });
});
