import { describe, expect, test } from '@jest/globals';
import { acquirerErrorNames } from '../../../core/payments/acquirer.ts';
import { aRequest } from './cards.ts';
import type { Bench } from './contract.ts';

const lateDecline = { kind: 'declined', code: 'authorization_cancelled' };

/** The rules of CancelsByReference. */
export function cancellationRules(bench: Bench): void {
  const { cancelling, impatient, simulator, failureOf } = bench;

  describe('that cancels by reference', () => {
    test('a cancellation before the authorization is a tombstone: what arrives later is refused', async () => {
      const request = aRequest();
      expect(await cancelling().cancel(request.reference)).toEqual({ kind: 'cancelled' });
      expect(await cancelling().authorize(request)).toEqual(lateDecline);
      await expectNothingHeld(bench, request.reference);
    });

    test('a cancellation of an approved authorization reverses it, and repeating either changes nothing', async () => {
      const request = aRequest();
      expect(await cancelling().authorize(request)).toMatchObject({ kind: 'approved' });
      expect(await cancelling().cancel(request.reference)).toEqual({ kind: 'cancelled' });
      expect(await cancelling().cancel(request.reference)).toEqual({ kind: 'cancelled' });
      expect(await cancelling().authorize(request)).toEqual(lateDecline);
      await expectNothingHeld(bench, request.reference);
    });

    test('a cancellation of a declined authorization finds nothing to do', async () => {
      const request = aRequest({ card: { number: '4000000000009995' } });
      const outcome = await cancelling().authorize(request);
      expect(await cancelling().cancel(request.reference)).toEqual({ kind: 'cancelled' });
      expect(await cancelling().authorize(request)).toEqual(outcome);
    });

    test('after a time-out a cancellation closes the reference before the late authorization arrives', async () => {
      await simulator().post('/faults', { operation: 'authorize', kind: 'delay', delayMs: 2_000 });
      const request = aRequest();
      const error = await failureOf(impatient().authorize(request));
      expect(error.name).toBe(acquirerErrorNames.outcomeUnknown);
      // Sent later than the one that timed out and as late as it, so its answer proves that both have arrived.
      const arrival = cancelling().authorize(request);
      expect(await cancelling().cancel(request.reference)).toEqual({ kind: 'cancelled' });
      expect(await arrival).toEqual(lateDecline);
      await expectNothingHeld(bench, request.reference);
    });

    test.each(['drop_before', 'drop_after', 'error'])(
      'a cancellation resolves an authorization that met %s',
      async (kind) => {
        await simulator().post('/faults', { operation: 'authorize', kind });
        const request = aRequest();
        expect((await failureOf(cancelling().authorize(request))).name).toBe(acquirerErrorNames.outcomeUnknown);
        expect(await cancelling().cancel(request.reference)).toEqual({ kind: 'cancelled' });
        await expectNothingHeld(bench, request.reference);
      },
    );

    test.each(['drop_before', 'drop_after', 'error'])('a cancellation that met %s may be repeated', async (kind) => {
      const request = aRequest();
      await cancelling().authorize(request);
      await simulator().post('/faults', { operation: 'cancel', kind });
      expect((await failureOf(cancelling().cancel(request.reference))).name).toBe(acquirerErrorNames.outcomeUnknown);
      await simulator().clearFaults();
      expect(await cancelling().cancel(request.reference)).toEqual({ kind: 'cancelled' });
      await expectNothingHeld(bench, request.reference);
    });

    test('authorizations and cancellations at once end with nothing held', async () => {
      const requests = Array.from({ length: 20 }, () => aRequest());
      await Promise.all(
        requests.flatMap((request) => [cancelling().authorize(request), cancelling().cancel(request.reference)]),
      );
      for (const { reference } of requests) await expectNothingHeld(bench, reference);
    });
  });
}

async function expectNothingHeld({ subject, lookingUp, recordOf }: Bench, reference: string): Promise<void> {
  expect((await recordOf(reference))?.state).toMatch(/^(?:cancelled|reversed)$/u);
  if (subject.capabilities.lookUp) expect(await lookingUp().lookUp(reference)).toEqual({ kind: 'cancelled' });
}
