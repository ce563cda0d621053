import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type {
  Acquirer,
  CancelsByReference,
  CancelsMovements,
  CapturesAuthorizations,
  LooksUpByReference,
  LooksUpMovements,
  RefundsPayments,
  SettlesDaily,
} from '../../../core/payments/acquirer.ts';
import {
  acquirerErrorNames,
  cancelsByReference,
  cancelsMovements,
  capturesAuthorizations,
  declineCodes,
  looksUpByReference,
  looksUpMovements,
  refundsPayments,
  settlesDaily,
} from '../../../core/payments/acquirer.ts';
import type { RunningSimulator, SimulatorName } from '../../simulators/run-simulator.ts';
import { runSimulator } from '../../simulators/run-simulator.ts';
import { allNumbers, approvedNumbers, aRequest, cvc, declinedNumbers } from './cards.ts';
import { cancellationRules } from './contract-cancellation.ts';
import { captureRules } from './contract-captures.ts';
import { failureRules } from './contract-failures.ts';
import { lookUpRules } from './contract-look-up.ts';
import { movementRules } from './contract-movements.ts';
import { refundRules } from './contract-refunds.ts';
import { settlementRules } from './contract-settlement.ts';
import { formsOf, fullText, textsBelow, valuesInBooks } from './leaks.ts';
import { impatienceMilliseconds, patienceMilliseconds } from './patience.ts';

/** What a new acquirer hands in to be held to the port's contract. */
export interface AcquirerUnderTest {
  readonly simulator: SimulatorName;
  /** The adapter, with one time-out for all its calls. */
  readonly connect: (baseUrl: string, timeoutMilliseconds: number) => Acquirer;
  readonly capabilities: Readonly<Record<keyof typeof guards, boolean>>;
  /** The simulator's name, in its faults, of the call that cancels movements. */
  readonly cancelMovementFault: string;
  /** Whether an approval holds money for a time, or moves it at once. */
  readonly holds: boolean;
  /** Minor units of an amount in the acquirer's records. */
  readonly minorUnits: (amount: unknown) => bigint;
}

/** The port's type guards by what they ask for. */
const guards = {
  lookUp: looksUpByReference,
  cancel: cancelsByReference,
  capture: capturesAuthorizations,
  refund: refundsPayments,
  lookUpMovement: looksUpMovements,
  cancelMovement: cancelsMovements,
  settle: settlesDaily,
};

/** One row of an acquirer's records: reference, operation, amount, currency, state. */
interface AcquirerRecord {
  readonly reference: string;
  readonly operation: string;
  readonly amount: unknown;
  readonly currency: string | null;
  readonly state: string;
}

/** What the rules work with; the simulator runs from before the first to after the last. */
export interface Bench {
  readonly subject: AcquirerUnderTest;
  readonly simulator: () => RunningSimulator;
  readonly acquirer: () => Acquirer;
  /** The adapter that gives up soon. */
  readonly impatient: () => Acquirer;
  readonly lookingUp: () => Acquirer & LooksUpByReference;
  readonly cancelling: () => Acquirer & CancelsByReference;
  readonly capturing: () => Acquirer & CapturesAuthorizations;
  readonly refunding: () => Acquirer & RefundsPayments;
  readonly lookingUpMovements: () => Acquirer & LooksUpMovements;
  readonly cancellingMovements: () => Acquirer & CancelsMovements;
  readonly settling: () => Acquirer & SettlesDaily;
  readonly records: () => Promise<readonly AcquirerRecord[]>;
  readonly recordOf: (reference: string) => Promise<AcquirerRecord | undefined>;
  /** The error of a call that must fail; it is kept, and searched for card numbers at the end. */
  readonly failureOf: (call: Promise<unknown>) => Promise<Error>;
}

/** Every acquirer must pass these. */
export function acquirerContract(subject: AcquirerUnderTest): void {
  describe(`the ${subject.simulator} as an acquirer`, () => {
    let simulator: RunningSimulator;
    const errors: unknown[] = [];
    const bench = benchOf(subject, () => simulator, errors);

    beforeAll(async () => {
      simulator = await runSimulator(subject.simulator);
      await simulator.post('/latency', { medianMs: 0 });
    });
    afterEach(() => simulator.clearFaults());
    afterAll(() => simulator.dispose());

    authorizationRules(bench);
    if (subject.capabilities.lookUp) lookUpRules(bench);
    if (subject.capabilities.cancel) cancellationRules(bench);
    if (subject.capabilities.capture) captureRules(bench);
    if (subject.capabilities.refund) refundRules(bench);
    movementRules(bench);
    if (subject.capabilities.settle) settlementRules(bench);
    failureRules(bench);
    // The last: it searches what all the others left.
    secrecyRules(bench, errors);
  });
}

function benchOf(subject: AcquirerUnderTest, simulator: () => RunningSimulator, errors: unknown[]): Bench {
  const acquirer = (): Acquirer => subject.connect(simulator().url, patienceMilliseconds);
  const records = async (): Promise<readonly AcquirerRecord[]> => {
    const { body } = await simulator().get('/records');
    return (body as { data: AcquirerRecord[] }).data;
  };
  return {
    subject,
    simulator,
    acquirer,
    impatient: () => subject.connect(simulator().url, impatienceMilliseconds),
    lookingUp: () => withCapability(acquirer(), looksUpByReference),
    cancelling: () => withCapability(acquirer(), cancelsByReference),
    capturing: () => withCapability(acquirer(), capturesAuthorizations),
    refunding: () => withCapability(acquirer(), refundsPayments),
    lookingUpMovements: () => withCapability(acquirer(), looksUpMovements),
    cancellingMovements: () => withCapability(acquirer(), cancelsMovements),
    settling: () => withCapability(acquirer(), settlesDaily),
    records,
    recordOf: async (reference) => (await records()).find((record) => record.reference === reference),
    failureOf: async (call) => {
      const outcome = await call.then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      if (!('error' in outcome)) throw new Error(`it did not fail but answered ${JSON.stringify(outcome.value)}`);
      errors.push(outcome.error);
      return outcome.error as Error;
    },
  };
}

function withCapability<A extends Acquirer>(acquirer: Acquirer, has: (acquirer: Acquirer) => acquirer is A): A {
  if (!has(acquirer)) throw new Error(`the acquirer lacks what ${has.name} asks for`);
  return acquirer;
}

function authorizationRules({ subject, acquirer, recordOf, records, failureOf }: Bench): void {
  test('an acquirer has the capabilities that it declares', () => {
    const declared = Object.entries(guards).map(([capability, has]) => [capability, has(acquirer())]);
    expect(Object.fromEntries(declared)).toEqual(subject.capabilities);
    expect(acquirer().name).toMatch(/^[a-z-]+$/u);
  });

  test.each(approvedNumbers)('a good card is approved: %s', async (number) => {
    const request = aRequest({ card: { number } });
    const outcome = await acquirer().authorize(request);
    expect(outcome).toEqual({
      kind: 'approved',
      approvalCode: expect.stringMatching(/./u),
      networkReference: expect.stringMatching(/./u),
      ...(subject.holds ? { expiresAt: expect.any(String) } : {}),
    });
    expect(await recordOf(request.reference)).toMatchObject({ state: 'approved', currency: 'EUR' });
  });

  test('a hold of a payment that the customer began lasts seven days, where the acquirer holds', async () => {
    const before = Date.now();
    const outcome = await acquirer().authorize(aRequest());
    const expiresAt = outcome.kind === 'approved' ? outcome.expiresAt : undefined;
    if (!subject.holds) expect(expiresAt).toBeUndefined();
    else expect(Math.abs(Date.parse(expiresAt ?? '') - before - 7 * 86_400_000)).toBeLessThan(10_000);
  });

  test.each([
    ['EUR', 1n],
    ['EUR', 1_000_000_000_000n],
    ['JPY', 1250n],
    ['KWD', 5n],
    ['CLF', 10_001n],
  ])('an amount arrives exactly in minor units: %s %s', async (currency, amount) => {
    const request = aRequest({ currency, amount });
    await acquirer().authorize(request);
    const record = await recordOf(request.reference);
    expect(record?.currency).toBe(currency);
    expect(subject.minorUnits(record?.amount)).toBe(amount);
  });

  test.each([0n, -1n])('an amount of %s is never sent', async (amount) => {
    const request = aRequest({ amount });
    expect(await failureOf(acquirer().authorize(request))).toBeInstanceOf(RangeError);
    expect(await recordOf(request.reference)).toBeUndefined();
  });

  test.each(declinedNumbers)('a decline tells its reason in our words: %s', async (code, number) => {
    const request = aRequest({ card: { number } });
    expect(await acquirer().authorize(request)).toEqual({ kind: 'declined', code });
    expect(await recordOf(request.reference)).toMatchObject({ state: 'declined' });
  });

  test('the declines above are all that we know, but for that of a cancelled reference', () => {
    const tested = declinedNumbers.map(([code]) => code);
    expect([...tested, 'authorization_cancelled'].sort()).toEqual([...declineCodes].sort());
  });

  test('a card whose month is over is declined as expired', async () => {
    const request = aRequest({ card: { expMonth: 1, expYear: 2020 } });
    expect(await acquirer().authorize(request)).toEqual({ kind: 'declined', code: 'expired_card' });
  });

  test('a stored card is approved without its security code', async () => {
    const { card, ...request } = aRequest();
    const { cvc: _, ...storedCard } = card;
    expect(await acquirer().authorize({ ...request, card: storedCard })).toMatchObject({ kind: 'approved' });
  });

  test('the same reference again gets the first answer, whatever the card', async () => {
    const approved = aRequest();
    const first = await acquirer().authorize(approved);
    expect(await acquirer().authorize(approved)).toEqual(first);
    expect(await acquirer().authorize({ ...approved, card: { ...approved.card, number: '4000000000000002' } })).toEqual(
      first,
    );

    const declined = aRequest({ card: { number: '4000000000009995' } });
    const refused = await acquirer().authorize(declined);
    expect(await acquirer().authorize({ ...declined, card: approved.card })).toEqual(refused);
  });

  test('ten requests at once under one reference are one authorization', async () => {
    const request = aRequest();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => acquirer().authorize(request)));
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
    expect((await records()).filter(({ reference }) => reference === request.reference)).toHaveLength(1);
  });

  test.each([{ amount: 1251n }, { currency: 'USD' }])(
    'a used reference with other money is refused: %p',
    async (other) => {
      const request = aRequest();
      const first = await acquirer().authorize(request);
      const error = await failureOf(acquirer().authorize({ ...request, ...other }));
      expect(error.name).toBe(acquirerErrorNames.requestRefused);
      expect(await acquirer().authorize(request)).toEqual(first);
    },
  );

  test('a request that the acquirer calls malformed is refused, and nothing is kept', async () => {
    const request = aRequest({ card: { number: '12' } });
    expect((await failureOf(acquirer().authorize(request))).name).toBe(acquirerErrorNames.requestRefused);
    expect(await recordOf(request.reference)).toBeUndefined();
  });
}

function secrecyRules({ simulator }: Bench, errors: readonly unknown[]): void {
  test('no card number is in an error, in what the simulator printed, or in its files', () => {
    expect(errors.length).toBeGreaterThan(5);
    const places = [
      ...errors.map((error) => ({ file: 'an error', text: fullText(error) })),
      { file: 'the output', text: simulator().output() },
      ...textsBelow(simulator().dataDirectory),
    ];
    const found = places.flatMap(({ file, text }) =>
      allNumbers
        .filter((number) => formsOf(number).some((form) => text.includes(form)))
        .map((number) => `${number} in ${file}`),
    );
    expect(found).toEqual([]);
  });

  test('no security code is in the books', () => {
    const values = valuesInBooks(simulator().dataDirectory);
    expect(values.length).toBeGreaterThan(100);
    expect(values.filter((value) => String(value) === cvc)).toEqual([]);
  });
}
