import { describe, expect, test } from '@jest/globals';
import { acquirerErrorNames } from '../../../core/payments/acquirer.ts';
import { aRequest } from './cards.ts';
import type { Bench } from './contract.ts';
import { lateMilliseconds } from './patience.ts';

/** The rules of LooksUpByReference. */
export function lookUpRules({ lookingUp, impatient, simulator, failureOf }: Bench): void {
  describe('that looks up by reference', () => {
    test('a reference that it never heard of is not found', async () => {
      expect(await lookingUp().lookUp(aRequest().reference)).toEqual({ kind: 'notFound' });
    });

    test.each(['4242424242424242', '4000000000009987'])('tells what the authorization told: %s', async (number) => {
      const request = aRequest({ card: { number } });
      const outcome = await lookingUp().authorize(request);
      expect(await lookingUp().lookUp(request.reference)).toEqual(outcome);
    });

    test('a reference may hold any printable character', async () => {
      const request = aRequest({ reference: 'pay_1#2/3?x=%2F&y+z' });
      const outcome = await lookingUp().authorize(request);
      expect(await lookingUp().lookUp(request.reference)).toEqual(outcome);
    });

    test('finds the authorization whose answer was lost', async () => {
      await simulator().post('/faults', { operation: 'authorize', kind: 'drop_after' });
      const request = aRequest();
      expect((await failureOf(lookingUp().authorize(request))).name).toBe(acquirerErrorNames.outcomeUnknown);
      expect(await lookingUp().lookUp(request.reference)).toMatchObject({ kind: 'approved' });
    });

    test('finds nothing while a late authorization is still under way, and finds it when it has arrived', async () => {
      await simulator().post('/faults', { operation: 'authorize', kind: 'delay', delayMs: lateMilliseconds });
      const request = aRequest();
      const underWay = lookingUp().authorize(request);
      expect((await failureOf(impatient().authorize(request))).name).toBe(acquirerErrorNames.outcomeUnknown);
      expect(await lookingUp().lookUp(request.reference)).toEqual({ kind: 'notFound' });
      expect(await underWay).toMatchObject({ kind: 'approved' });
      expect(await lookingUp().lookUp(request.reference)).toEqual(await underWay);
    });

    test.each(['drop_before', 'drop_after', 'error'])(
      'a look-up that fails leaves the outcome unknown: %s',
      async (kind) => {
        await simulator().post('/faults', { operation: 'lookUp', kind });
        expect((await failureOf(lookingUp().lookUp(aRequest().reference))).name).toBe(
          acquirerErrorNames.outcomeUnknown,
        );
      },
    );
  });
}
