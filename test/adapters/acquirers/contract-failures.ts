import { describe, expect, test } from '@jest/globals';
import { withCircuitBreaker } from '../../../adapters/acquirers/with-circuit-breaker.ts';
import type { AuthorizationOutcome, AuthorizationRequest } from '../../../core/payments/acquirer.ts';
import { acquirerErrorNames, cancelsByReference, looksUpByReference } from '../../../core/payments/acquirer.ts';
import { aRequest } from './cards.ts';
import type { Bench } from './contract.ts';
import { until } from './until.ts';

/** What becomes of calls when the acquirer, or the way to it, fails. */
export function failureRules(bench: Bench): void {
  const { acquirer, impatient, simulator, failureOf, recordOf } = bench;

  describe('when something fails', () => {
    test('an authorization without an answer in time is unknown, not declined', async () => {
      await simulator().post('/faults', { operation: 'authorize', kind: 'delay', delayMs: 1_500 });
      const request = aRequest();
      const error = await failureOf(impatient().authorize(request));
      expect(error.name).toBe(acquirerErrorNames.outcomeUnknown);
      expect(error.message).toContain(request.reference);
      // The acquirer carries it out although nobody waits any more.
      const record = await until(
        () => recordOf(request.reference),
        (row) => row !== undefined,
      );
      expect(record).toMatchObject({ state: 'approved' });
    });

    test.each([
      ['drop_before', undefined],
      ['error', undefined],
      ['drop_after', 'approved'],
    ])('an authorization that met %s is unknown, and was sent once', async (kind, state) => {
      await simulator().post('/faults', { operation: 'authorize', kind });
      const request = aRequest();
      expect((await failureOf(acquirer().authorize(request))).name).toBe(acquirerErrorNames.outcomeUnknown);
      await simulator().clearFaults();
      expect((await recordOf(request.reference))?.state).toBe(state);
      expect(await acquirer().authorize(request)).toMatchObject({ kind: 'approved' });
    });

    test('a breaker opens after failures, sends nothing while it is open, and closes when the acquirer is well', async () => {
      const guarded = withCircuitBreaker(acquirer(), { consecutiveFailures: 3, halfOpenAfterMilliseconds: 500 });
      await simulator().post('/faults', { operation: 'authorize', kind: 'error' });
      for (let round = 0; round < 3; round += 1) {
        expect((await failureOf(guarded.authorize(aRequest()))).name).toBe(acquirerErrorNames.outcomeUnknown);
      }
      await simulator().clearFaults();
      const held = aRequest();
      expect((await failureOf(guarded.authorize(held))).name).toBe(acquirerErrorNames.unavailable);
      expect(await recordOf(held.reference)).toBeUndefined();
      const outcome = await until<AuthorizationOutcome | undefined>(
        () => guarded.authorize(held).catch(() => undefined),
        (answer) => answer !== undefined,
      );
      expect(outcome).toMatchObject({ kind: 'approved' });
      expect(await guarded.authorize(aRequest())).toMatchObject({ kind: 'approved' });
    });

    test('kill -9 under load loses no answer that was given, and a repeat resolves every other', async () => {
      const requests = Array.from({ length: 60 }, () => aRequest());
      const answered = new Map<AuthorizationRequest, AuthorizationOutcome>();
      await simulator().post('/latency', { medianMs: 40 });
      const calls = requests.map(async (request) => {
        answered.set(request, await acquirer().authorize(request));
      });
      const settled = Promise.allSettled(calls);
      await until(
        () => Promise.resolve(answered.size),
        (size) => size >= 10,
      );
      await simulator().kill();
      const failures = (await settled).filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
      for (const { reason } of failures) await failureOf(Promise.reject(reason as Error));
      expect(answered.size + failures.length).toBe(60);

      await simulator().start();
      await simulator().post('/latency', { medianMs: 0 });
      for (const [request, outcome] of answered) expect(await acquirer().authorize(request)).toEqual(outcome);
      for (const request of requests) expect(await acquirer().authorize(request)).toMatchObject({ kind: 'approved' });
    });

    test('nobody there means that certainly nothing was sent', async () => {
      await simulator().kill();
      const one = acquirer();
      const { reference } = aRequest();
      const errors = [await failureOf(one.authorize(aRequest()))];
      if (looksUpByReference(one)) errors.push(await failureOf(one.lookUp(reference)));
      if (cancelsByReference(one)) errors.push(await failureOf(one.cancel(reference)));
      await simulator().start();
      await simulator().post('/latency', { medianMs: 0 });
      for (const { name } of errors) expect(name).toBe(acquirerErrorNames.unavailable);
    });
  });
}
