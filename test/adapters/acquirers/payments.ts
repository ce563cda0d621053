import { expect } from '@jest/globals';
import type {
  Acquirer,
  AuthorizationRequest,
  CaptureRequest,
  MovementOutcome,
  RefundRequest,
} from '../../../core/payments/acquirer.ts';
import { capturesAuthorizations, refundsPayments } from '../../../core/payments/acquirer.ts';
import { aRequest } from './cards.ts';
import type { Bench } from './contract.ts';

let count = 0;

const movementReference = (): string => {
  count += 1;
  return `mov_contract.${count}`;
};

/** A refund of all of a payment under a reference that no other test uses, but for what is given. */
export function aRefund(payment: AuthorizationRequest, changes: Partial<RefundRequest> = {}): RefundRequest {
  const { reference: authorizationReference, amount, currency } = payment;
  return { reference: movementReference(), authorizationReference, amount, currency, ...changes };
}

/** A capture that is not the final one, of all of a payment, but for what is given. */
export function aCapture(payment: AuthorizationRequest, changes: Partial<CaptureRequest> = {}): CaptureRequest {
  return { isFinal: false, ...aRefund(payment), ...changes };
}

/** A payment that the acquirer approved; where approvals move the money at once, it is captured with that. */
export async function givenAuthorized(
  { acquirer }: Bench,
  changes: Parameters<typeof aRequest>[0] = {},
): Promise<AuthorizationRequest> {
  const payment = aRequest(changes);
  expect(await acquirer().authorize(payment)).toMatchObject({ kind: 'approved' });
  return payment;
}

/** A payment of which all is captured. */
export async function givenCaptured(bench: Bench): Promise<AuthorizationRequest> {
  const payment = await givenAuthorized(bench);
  if (bench.subject.capabilities.capture) {
    expect(await bench.capturing().capture(aCapture(payment))).toMatchObject({ kind: 'accepted' });
  }
  return payment;
}

/** A capture or a refund that fits, for the rules that both share. */
export interface FittingMovement {
  readonly reference: string;
  /** Sends it; any number of times. */
  readonly send: (acquirer: Acquirer) => Promise<MovementOutcome>;
  /** Sends the same with another amount. */
  readonly sendOther: (acquirer: Acquirer) => Promise<MovementOutcome>;
  /** Sends all of it once more under another reference: it fits only where the first one does not stand. */
  readonly sendAnother: (acquirer: Acquirer) => Promise<MovementOutcome>;
}

export type Operation = 'capture' | 'refund';

/** A movement of all that a new payment allows. */
export async function givenFitting(bench: Bench, operation: Operation): Promise<FittingMovement> {
  const payment = operation === 'capture' ? await givenAuthorized(bench) : await givenCaptured(bench);
  const request = aCapture(payment);
  const sendTo = (acquirer: Acquirer, changes: Partial<RefundRequest>) =>
    send(acquirer, operation, { ...request, ...changes });
  return {
    reference: request.reference,
    send: (acquirer) => sendTo(acquirer, {}),
    sendOther: (acquirer) => sendTo(acquirer, { amount: request.amount - 1n }),
    sendAnother: (acquirer) => sendTo(acquirer, { reference: movementReference() }),
  };
}

async function send(acquirer: Acquirer, operation: Operation, request: CaptureRequest): Promise<MovementOutcome> {
  if (operation === 'capture' && capturesAuthorizations(acquirer)) return acquirer.capture(request);
  const { isFinal: _, ...refund } = request;
  if (operation === 'refund' && refundsPayments(acquirer)) return acquirer.refund(refund);
  throw new Error(`the acquirer does not ${operation}`);
}
