import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { MovementOutcome } from '../../../core/payments/acquirer.ts';
import { acquirerErrorNames, cancelsMovements, looksUpMovements } from '../../../core/payments/acquirer.ts';
import type { Bench } from './contract.ts';
import { lateMilliseconds } from './patience.ts';
import type { FittingMovement, Operation } from './payments.ts';
import { givenFitting } from './payments.ts';
import { until } from './until.ts';

const day = 86_400_000;
const lateRefusal = { kind: 'refused', code: 'movement_cancelled' };

/** The rules that captures and refunds share. */
export function movementRules(bench: Bench): void {
  const { capture, refund, lookUpMovement, cancelMovement } = bench.subject.capabilities;
  const operations = [...(capture ? ['capture' as const] : []), ...(refund ? ['refund' as const] : [])];
  describe.each(operations)('whose movement is a %s', (operation) => {
    const setClock = async (offsetMilliseconds: number): Promise<void> => {
      await bench.simulator().post('/clock', { offsetMilliseconds });
    };
    // The day must not end between a movement and its cancellation only because it does here.
    beforeAll(() => setClock(untilNoon()));
    afterEach(() => setClock(untilNoon()));
    afterAll(() => setClock(0));
    repetitionRules(bench, operation);
    lostAnswerRules(bench, operation);
    if (lookUpMovement) lookUpRules(bench, operation);
    if (cancelMovement) cancellationRules(bench, operation);
  });
}

/** Milliseconds until the next noon, UTC. */
function untilNoon(): number {
  const sinceNoon = (Date.now() - day / 2) % day;
  return day - sinceNoon;
}

function repetitionRules(bench: Bench, operation: Operation): void {
  const { acquirer, records, failureOf } = bench;

  test('the same reference again gets the first answer, and the money moves once', async () => {
    const movement = await givenFitting(bench, operation);
    const first = await movement.send(acquirer());
    expect(first).toMatchObject({ kind: 'accepted' });
    expect(await movement.send(acquirer())).toEqual(first);
    const excess = await movement.sendAnother(acquirer());
    expect(excess.kind).toBe('refused');
  });

  test('what was refused stays refused under its reference', async () => {
    const movement = await givenFitting(bench, operation);
    await movement.sendAnother(acquirer());
    const refusal = await movement.send(acquirer());
    expect(refusal.kind).toBe('refused');
    expect(await movement.send(acquirer())).toEqual(refusal);
  });

  test('ten requests at once under one reference are one movement', async () => {
    const movement = await givenFitting(bench, operation);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => movement.send(acquirer())));
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
    expect((await records()).filter(({ reference }) => reference === movement.reference)).toHaveLength(1);
  });

  test('a used reference with another amount is refused', async () => {
    const movement = await givenFitting(bench, operation);
    const first = await movement.send(acquirer());
    expect((await failureOf(movement.sendOther(acquirer()))).name).toBe(acquirerErrorNames.requestRefused);
    expect(await movement.send(acquirer())).toEqual(first);
  });
}

function lostAnswerRules(bench: Bench, operation: Operation): void {
  const { acquirer, simulator, recordOf, failureOf } = bench;

  test.each([
    ['drop_before', false],
    ['error', false],
    ['drop_after', true],
  ])('one that met %s is unknown, was sent once, and a repeat resolves it', async (kind, stands) => {
    const movement = await givenFitting(bench, operation);
    await simulator().post('/faults', { operation, kind });
    expect((await failureOf(movement.send(acquirer()))).name).toBe(acquirerErrorNames.outcomeUnknown);
    await simulator().clearFaults();
    expect((await recordOf(movement.reference)) !== undefined).toBe(stands);
    expect(await movement.send(acquirer())).toMatchObject({ kind: 'accepted' });
  });

  test('kill -9 under load loses no answer that was given, and a repeat resolves every other', async () => {
    const movements = await Promise.all(Array.from({ length: 30 }, () => givenFitting(bench, operation)));
    const answered = new Map<FittingMovement, MovementOutcome>();
    await simulator().post('/latency', { medianMs: 40 });
    const settled = Promise.allSettled(
      movements.map(async (movement) => {
        answered.set(movement, await movement.send(acquirer()));
      }),
    );
    await until(
      () => Promise.resolve(answered.size),
      (size) => size >= 5,
    );
    await simulator().kill();
    await settled;
    await simulator().start();
    await simulator().post('/latency', { medianMs: 0 });
    for (const [movement, outcome] of answered) expect(await movement.send(acquirer())).toEqual(outcome);
    for (const movement of movements) {
      expect(await movement.send(acquirer())).toMatchObject({ kind: 'accepted' });
      expect(await movement.sendAnother(acquirer())).toMatchObject({ kind: 'refused' });
    }
  });

  test('nobody there means that certainly nothing was sent', async () => {
    const movement = await givenFitting(bench, operation);
    await simulator().kill();
    const one = acquirer();
    const errors = [await failureOf(movement.send(one))];
    if (looksUpMovements(one)) errors.push(await failureOf(one.lookUpMovement(movement.reference)));
    if (cancelsMovements(one)) errors.push(await failureOf(one.cancelMovement(movement.reference)));
    await simulator().start();
    await simulator().post('/latency', { medianMs: 0 });
    for (const { name } of errors) expect(name).toBe(acquirerErrorNames.unavailable);
  });
}

function lookUpRules(bench: Bench, operation: Operation): void {
  const { acquirer, lookingUpMovements, impatient, simulator, failureOf } = bench;

  test('a look-up tells what the movement told, and proves nothing before', async () => {
    const movement = await givenFitting(bench, operation);
    expect(await lookingUpMovements().lookUpMovement(movement.reference)).toEqual({ kind: 'notFound' });
    const outcome = await movement.send(acquirer());
    expect(await lookingUpMovements().lookUpMovement(movement.reference)).toEqual(outcome);
  });

  test('a look-up tells of a refusal why', async () => {
    const movement = await givenFitting(bench, operation);
    await movement.sendAnother(acquirer());
    const refusal = await movement.send(acquirer());
    expect(await lookingUpMovements().lookUpMovement(movement.reference)).toEqual(refusal);
  });

  test('a look-up finds the movement whose answer was lost', async () => {
    const movement = await givenFitting(bench, operation);
    await simulator().post('/faults', { operation, kind: 'drop_after' });
    expect((await failureOf(movement.send(acquirer()))).name).toBe(acquirerErrorNames.outcomeUnknown);
    expect(await lookingUpMovements().lookUpMovement(movement.reference)).toMatchObject({ kind: 'accepted' });
  });

  test('a look-up finds nothing while a late movement is under way, and finds it when it has arrived', async () => {
    const movement = await givenFitting(bench, operation);
    await simulator().post('/faults', { operation, kind: 'delay', delayMs: lateMilliseconds });
    const underWay = movement.send(acquirer());
    expect((await failureOf(movement.send(impatient()))).name).toBe(acquirerErrorNames.outcomeUnknown);
    expect(await lookingUpMovements().lookUpMovement(movement.reference)).toEqual({ kind: 'notFound' });
    expect(await lookingUpMovements().lookUpMovement(movement.reference)).toEqual({ kind: 'notFound' });
    const outcome = await underWay;
    expect(await lookingUpMovements().lookUpMovement(movement.reference)).toEqual(outcome);
  });

  test.each(['drop_before', 'drop_after', 'error'])(
    'a look-up that met %s leaves the outcome unknown',
    async (kind) => {
      const { reference } = await givenFitting(bench, operation);
      await simulator().post('/faults', { operation: 'lookUpMovement', kind });
      expect((await failureOf(lookingUpMovements().lookUpMovement(reference))).name).toBe(
        acquirerErrorNames.outcomeUnknown,
      );
    },
  );
}

function cancellationRules(bench: Bench, operation: Operation): void {
  const { acquirer, cancellingMovements, impatient, simulator, failureOf } = bench;
  const cancel = (reference: string) => cancellingMovements().cancelMovement(reference);

  test('a cancellation before the movement is a tombstone: what arrives later is refused', async () => {
    const movement = await givenFitting(bench, operation);
    expect(await cancel(movement.reference)).toEqual({ kind: 'cancelled' });
    expect(await cancel(movement.reference)).toEqual({ kind: 'cancelled' });
    expect(await movement.send(acquirer())).toEqual(lateRefusal);
    await expectNothingMoved(bench, movement);
  });

  test('a cancelled movement counts as never made: its amount may move again', async () => {
    const movement = await givenFitting(bench, operation);
    expect(await movement.send(acquirer())).toMatchObject({ kind: 'accepted' });
    expect(await cancel(movement.reference)).toEqual({ kind: 'cancelled' });
    expect(await cancel(movement.reference)).toEqual({ kind: 'cancelled' });
    expect(await movement.send(acquirer())).toEqual(lateRefusal);
    await expectNothingMoved(bench, movement);
  });

  test('a cancellation of a refused movement tells the refusal', async () => {
    const movement = await givenFitting(bench, operation);
    await movement.sendAnother(acquirer());
    const refusal = await movement.send(acquirer());
    expect(refusal.kind).toBe('refused');
    expect(await cancel(movement.reference)).toEqual(refusal);
  });

  test('a cancellation after its time finds that the movement stands', async () => {
    const movement = await givenFitting(bench, operation);
    const outcome = await movement.send(acquirer());
    await simulator().post('/clock', { offsetMilliseconds: untilNoon() + day + 1_000 });
    expect(await cancel(movement.reference)).toEqual(outcome);
    expect(await movement.send(acquirer())).toEqual(outcome);
  });

  test('after a time-out a cancellation closes the reference before the late movement arrives', async () => {
    const movement = await givenFitting(bench, operation);
    await simulator().post('/faults', { operation, kind: 'delay', delayMs: 2_000 });
    expect((await failureOf(movement.send(impatient()))).name).toBe(acquirerErrorNames.outcomeUnknown);
    // Sent later than the one that timed out and as late as it, so its answer proves that both have arrived.
    const arrival = movement.send(acquirer());
    expect(await cancel(movement.reference)).toEqual({ kind: 'cancelled' });
    expect(await arrival).toEqual(lateRefusal);
    await simulator().clearFaults();
    await expectNothingMoved(bench, movement);
  });

  test.each(['drop_before', 'drop_after', 'error'])('a cancellation resolves one that met %s', async (kind) => {
    const movement = await givenFitting(bench, operation);
    await simulator().post('/faults', { operation, kind });
    await failureOf(movement.send(acquirer()));
    await simulator().clearFaults();
    expect(await cancel(movement.reference)).toEqual({ kind: 'cancelled' });
    await expectNothingMoved(bench, movement);
  });

  test.each(['drop_before', 'drop_after', 'error'])('a cancellation that met %s may be repeated', async (kind) => {
    const movement = await givenFitting(bench, operation);
    await movement.send(acquirer());
    await simulator().post('/faults', { operation: bench.subject.cancelMovementFault, kind });
    expect((await failureOf(cancel(movement.reference))).name).toBe(acquirerErrorNames.outcomeUnknown);
    await simulator().clearFaults();
    expect(await cancel(movement.reference)).toEqual({ kind: 'cancelled' });
    await expectNothingMoved(bench, movement);
  });

  test('movements and cancellations at once end with nothing moved', async () => {
    const movements = await Promise.all(Array.from({ length: 10 }, () => givenFitting(bench, operation)));
    await Promise.all(movements.flatMap((movement) => [movement.send(acquirer()), cancel(movement.reference)]));
    for (const movement of movements) await expectNothingMoved(bench, movement);
  });
}

async function expectNothingMoved(bench: Bench, movement: FittingMovement): Promise<void> {
  const { acquirer, subject, lookingUpMovements, recordOf } = bench;
  expect((await recordOf(movement.reference))?.state).toMatch(/^(?:cancelled|reversed)$/u);
  if (subject.capabilities.lookUpMovement)
    expect(await lookingUpMovements().lookUpMovement(movement.reference)).toEqual({ kind: 'cancelled' });
  // All of it fits once more only where none of it stands.
  expect(await movement.sendAnother(acquirer())).toMatchObject({ kind: 'accepted' });
}
