import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { withCircuitBreaker } from '../../../adapters/acquirers/with-circuit-breaker.ts';
import type {
  Acquirer,
  AuthorizationOutcome,
  LookUpOutcome,
  LooksUpByReference,
} from '../../../core/payments/acquirer.ts';
import {
  AcquirerOutcomeUnknown,
  AcquirerRequestRefused,
  AcquirerUnavailable,
  cancelsByReference,
  looksUpByReference,
} from '../../../core/payments/acquirer.ts';
import { aRequest } from './cards.ts';

const approved: AuthorizationOutcome = { kind: 'approved', approvalCode: 'A1', networkReference: 'n' };

/** An acquirer that does as told and counts what reached it. */
class ScriptedAcquirer implements Acquirer, LooksUpByReference {
  readonly name = 'scripted';
  calls = 0;
  answer: () => Promise<AuthorizationOutcome> = () => Promise.resolve(approved);

  authorize(): Promise<AuthorizationOutcome> {
    this.calls += 1;
    return this.answer();
  }

  lookUp(): Promise<LookUpOutcome> {
    return Promise.resolve({ kind: 'notFound' });
  }
}

const fail = (error: Error) => () => Promise.reject(error);
const nameOf = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no error',
    (error: unknown) => (error as Error).name,
  );

describe('a circuit breaker around an acquirer', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setTimeout', 'setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  function given() {
    const acquirer = new ScriptedAcquirer();
    const guarded = withCircuitBreaker(acquirer, { consecutiveFailures: 3, halfOpenAfterMilliseconds: 5_000 });
    const authorize = () => guarded.authorize();
    const open = async (): Promise<void> => {
      acquirer.answer = fail(new AcquirerOutcomeUnknown('lost'));
      for (let round = 0; round < 3; round += 1) await nameOf(authorize());
      acquirer.calls = 0;
    };
    return { acquirer, guarded, authorize, open };
  }

  test('has the name and the capabilities of the acquirer, and no others', async () => {
    const { guarded } = given();
    expect(guarded.name).toBe('scripted');
    expect(looksUpByReference(guarded)).toBe(true);
    expect(cancelsByReference(guarded)).toBe(false);
    expect(await guarded.lookUp()).toEqual({ kind: 'notFound' });
    expect(Object.prototype.toString.call(guarded)).toBe('[object Object]');
  });

  test('hands on answers and errors as they are while it is closed', async () => {
    const { acquirer, authorize } = given();
    expect(await authorize()).toBe(approved);
    const error = new AcquirerOutcomeUnknown('lost');
    acquirer.answer = fail(error);
    await expect(authorize()).rejects.toBe(error);
  });

  test.each([
    ['AcquirerOutcomeUnknown', new AcquirerOutcomeUnknown('lost')],
    ['AcquirerUnavailable', new AcquirerUnavailable('refused')],
  ])('opens after as many failures in a row as told: %s', async (name, error) => {
    const { acquirer, authorize } = given();
    acquirer.answer = fail(error);
    for (let round = 0; round < 3; round += 1) expect(await nameOf(authorize())).toBe(name);
    acquirer.answer = () => Promise.resolve(approved);
    expect(await nameOf(authorize())).toBe('AcquirerUnavailable');
    expect(acquirer.calls).toBe(3);
  });

  test.each<[string, () => Promise<AuthorizationOutcome>]>([
    ['a decline', () => Promise.resolve({ kind: 'declined', code: 'do_not_honor' })],
    ['a refused request', fail(new AcquirerRequestRefused('malformed'))],
    ['a defect of ours', fail(new RangeError('no amount'))],
  ])('never opens for %s', async (_, answer) => {
    const { acquirer, authorize } = given();
    acquirer.answer = answer;
    for (let round = 0; round < 20; round += 1) await nameOf(authorize());
    expect(acquirer.calls).toBe(20);
  });

  test('an answer in between starts the count again', async () => {
    const { acquirer, authorize } = given();
    for (let round = 0; round < 6; round += 1) {
      acquirer.answer = fail(new AcquirerOutcomeUnknown('lost'));
      await nameOf(authorize());
      await nameOf(authorize());
      acquirer.answer = () => Promise.resolve(approved);
      expect(await authorize()).toBe(approved);
    }
  });

  test('stays open until its time is over, then tries with one call and closes when that succeeds', async () => {
    const { acquirer, authorize, open } = given();
    await open();
    jest.setSystemTime(Date.now() + 4_999);
    expect(await nameOf(authorize())).toBe('AcquirerUnavailable');
    expect(acquirer.calls).toBe(0);
    jest.setSystemTime(Date.now() + 1);
    acquirer.answer = () => Promise.resolve(approved);
    expect(await authorize()).toBe(approved);
    expect(await authorize()).toBe(approved);
  });

  test('opens again when the call that tries fails', async () => {
    const { acquirer, authorize, open } = given();
    await open();
    jest.setSystemTime(Date.now() + 5_000);
    expect(await nameOf(authorize())).toBe('AcquirerOutcomeUnknown');
    expect(await nameOf(authorize())).toBe('AcquirerUnavailable');
    expect(acquirer.calls).toBe(1);
  });

  test('while one call tries, the others are refused at once instead of waiting for it', async () => {
    const { acquirer, authorize, open } = given();
    await open();
    jest.setSystemTime(Date.now() + 5_000);
    const { promise, resolve } = Promise.withResolvers<AuthorizationOutcome>();
    acquirer.answer = () => promise;
    const trying = authorize();
    expect(await nameOf(authorize())).toBe('AcquirerUnavailable');
    expect(acquirer.calls).toBe(1);
    resolve(approved);
    expect(await trying).toBe(approved);
    expect(await authorize()).toBe(approved);
  });

  test('an open circuit of one operation leaves the others alone', async () => {
    const { guarded, open } = given();
    await open();
    expect(await guarded.lookUp()).toEqual({ kind: 'notFound' });
  });

  test('says of whom and what, and nothing of the card', async () => {
    const { guarded, open } = given();
    await open();
    const request = aRequest();
    const call = (guarded as Acquirer).authorize(request);
    await expect(call).rejects.toThrow('scripted acquirer, authorize: the circuit is open');
  });
});
