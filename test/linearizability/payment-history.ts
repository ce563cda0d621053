import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamoMovementStore } from '../../adapters/dynamodb/movement-store.ts';
import { dynamoPaymentStore } from '../../adapters/dynamodb/payment-store.ts';
import type { LotChange } from '../../core/lots/lot.ts';
import type { Acquirer, CancelsByReference } from '../../core/payments/acquirer.ts';
import type { CapturesAuthorizations, RefundsPayments } from '../../core/payments/acquirer.ts';
import { AcquirerOutcomeUnknown } from '../../core/payments/acquirer.ts';
import { finishMovements } from '../../core/payments/movements/finish-movements.ts';
import type { MovePaymentResult } from '../../core/payments/movements/move-payment.ts';
import { movePayment } from '../../core/payments/movements/move-payment.ts';
import { lotIdOf } from '../../core/payments/movements/movement-transition.ts';
import type { Payment } from '../../core/payments/payment.ts';
import type { MovementStore } from '../../core/payments/ports.ts';
import { noGiftCards, platform } from '../core/payments/fakes.ts';
import { authorizedPayment } from '../core/payments/movements/fake-movements.ts';
import type { Operation } from './checker.ts';
import type { PaymentAnswer, PaymentCall } from './payment-model.ts';
import type { Learned } from './record-history.ts';
import { clocks, recordHistory } from './record-history.ts';

const paymentsTableName = 'payments';
const lotsTableName = 'lots';
export const paymentTables = [paymentsTableName, lotsTableName];

export type PaymentHistory = Operation<PaymentCall, PaymentAnswer>[];
type Request =
  | { readonly kind: 'capture' | 'refund' | 'void'; readonly amount: number | 'all'; readonly isFinal: boolean }
  | { readonly kind: 'claimLot' | 'read' };

export const authorized = 100;
const now = new Date('2026-11-22T10:00:00.000Z');
/** When a client that heard nothing asks again: the first request has certainly ended by then. */
const later = new Date(now.getTime() + 31_000);
const clientsAtOnce = 8;
/** Half of the clients make a second request. */
const requestsOf = (client: number) => 1 + (client % 2);

/** Whose connections a history uses: `steady` prepares, looks and claims; what moves goes through `client`. */
export interface Connections {
  readonly steady: DynamoDBClient;
  readonly client: DynamoDBClient;
}

/** Eight clients capture, refund, void and look at a payment at once. */
export function racingMovements(connections: Connections, id: string, random: () => number): Promise<PaymentHistory> {
  return recordPayment(connections, id, random, movement('capture', 40), () => {
    const drawn = random();
    if (drawn < 0.4) return movement('capture', drawnAmount(random), random() < 0.15);
    if (drawn < 0.75) return movement('refund', drawnAmount(random));
    return drawn < 0.85 ? movement('void', 'all') : { kind: 'read' };
  });
}

/** Eight clients take back from a lot that payouts want to claim. */
export function racingClaims(connections: Connections, id: string, random: () => number): Promise<PaymentHistory> {
  return recordPayment(connections, id, random, movement('capture', 'all'), () => {
    const drawn = random();
    if (drawn < 0.6) return movement('refund', drawnAmount(random));
    return drawn < 0.85 ? { kind: 'claimLot' } : { kind: 'read' };
  });
}

function movement(kind: 'capture' | 'refund' | 'void', amount: number | 'all', isFinal = false): Request {
  return { kind, amount, isFinal };
}

const drawnAmount = (random: () => number) => (random() < 0.1 ? 'all' : 5 + Math.floor(random() * 35));

async function recordPayment(
  { steady, client }: Connections,
  id: string,
  random: () => number,
  first: Request,
  draw: () => Request,
): Promise<PaymentHistory> {
  const terms = { processingFeeBasisPoints: 0, commissionBasisPoints: 0, releaseDays: 7 };
  const payment: Payment = { ...authorizedPayment(BigInt(authorized), now), id, terms };
  await dynamoPaymentStore(steady, paymentsTableName).open(payment);
  const [calm, racing] = [givenWorld(steady, steady, payment, () => 1), givenWorld(client, steady, payment, random)];
  const shared = clocks();
  const before = await recordHistory([[first]], calm.send, shared);
  const requests = Array.from({ length: clientsAtOnce }, (_, at) => Array.from({ length: requestsOf(at) }, draw));
  const history = await recordHistory(requests, racing.send, shared);
  await calm.finish();
  const after = await recordHistory([[{ kind: 'read' }]], calm.send, shared);
  return [...before, ...history, ...after];
}

function givenWorld(client: DynamoDBClient, steady: DynamoDBClient, payment: Payment, random: () => number) {
  const tables = { paymentsTableName, lotsTableName };
  const told = rememberingStore(dynamoMovementStore(client, tables));
  const reader = dynamoMovementStore(steady, tables);
  const dependencies = { store: told.store, acquirer: forgetfulAcquirer(random), giftCards: noGiftCards };
  let requests = 0;
  const ask = (asked: Extract<Request, { amount: unknown }>, key: string, at: Date) => {
    requests += 1;
    const { kind, isFinal } = asked;
    const amount = asked.amount === 'all' ? undefined : BigInt(asked.amount);
    const request = { principal: platform, paymentId: payment.id, kind, isFinal, amount, idempotencyKey: key };
    return movePayment(dependencies, { ...request, requestId: `request-${requests}` }, at);
  };
  const move = async (asked: Extract<Request, { amount: unknown }>): Promise<Learned<PaymentCall, PaymentAnswer>> => {
    requests += 1;
    const key = `key-${requests}`;
    const call = { step: 'take', id: key, ...asked } as const;
    try {
      return learnedOf(call, await ask(asked, key, now), told.owedBy);
    } catch {
      if (random() < 0.3) return unknown(call);
    }
    try {
      // Whoever heard nothing asks again under the same key, after the resolver has been there.
      await ask(asked, key, later);
      await finishMovements(dependencies, payment.id, later);
      return learnedOf(call, await ask(asked, key, later), told.owedBy);
    } catch {
      return unknown(call);
    }
  };
  return {
    send: async (request: Request): Promise<Learned<PaymentCall, PaymentAnswer>> => {
      switch (request.kind) {
        case 'claimLot':
          return claim(steady, await lotOf(reader, payment.id));
        case 'read': {
          const shown = await reader.find(payment.id);
          return [{ call: { step: 'read' }, answer: shown && show(shown) }];
        }
        default:
          return move(request);
      }
    },
    finish: () => finishMovements(dependencies, payment.id, later),
  };
}

/** The steps of a movement, as far as its result tells what came of them. */
function learnedOf(
  call: Extract<PaymentCall, { step: 'take' }>,
  result: MovePaymentResult,
  owedBy: (movementId: string) => number | undefined,
): Learned<PaymentCall, PaymentAnswer> {
  switch (result.kind) {
    case 'moved': {
      const { movement: ended, payment } = result;
      if (ended.state === 'failed') throw new Error('this acquirer refuses nothing');
      const owed = ended.state === 'pending' ? undefined : owedBy(ended.id);
      const answer = owed === undefined ? undefined : ({ kind: 'moved', owed, ...amountsOf(payment) } as const);
      return [
        { call, answer: { kind: 'taken' } },
        { call: { step: 'move', id: call.id }, answer },
      ];
    }
    case 'notPossible':
      return [{ call, answer: { kind: 'notPossible', status: result.status } }];
    case 'amountExceeds':
      return [{ call, answer: { kind: 'amountExceeds', asked: Number(result.asked), left: Number(result.left) } }];
    case 'captureUnderWay':
      return [{ call, answer: { kind: 'captureUnderWay' } }];
    case 'inFlight':
      // Nothing was begun: others were faster five times.
      return [];
    case 'paymentUnknown':
    case 'keyReused':
    case 'tooMany':
      throw new Error(`nobody asked for ${result.kind}`);
  }
}

function unknown(call: Extract<PaymentCall, { step: 'take' }>): Learned<PaymentCall, PaymentAnswer> {
  return [
    { call, answer: undefined },
    { call: { step: 'move', id: call.id }, answer: undefined },
  ];
}

const amountsOf = ({ status, amountCaptured, amountRefunded }: Payment) => ({
  status,
  captured: Number(amountCaptured),
  refunded: Number(amountRefunded),
});

function show(payment: Payment): PaymentAnswer {
  const { capturable, refundable } = payment;
  return { kind: 'shown', capturable: Number(capturable), refundable: Number(refundable), ...amountsOf(payment) };
}

/** The store, and what each movement made the seller owe, where the answer to its record was heard. */
function rememberingStore(store: MovementStore) {
  const owed = new Map<string, number>();
  const remembering: MovementStore = {
    ...store,
    recordMovement: async (transition, attempt) => {
      const written = await store.recordMovement(transition, attempt);
      if (written.kind === 'recorded') owed.set(transition.cause, owedIn(transition.lots));
      return written;
    },
  };
  return { store: remembering, owedBy: (movementId: string) => owed.get(movementId) };
}

function owedIn(lots: readonly LotChange[]): number {
  return lots.reduce(
    (sum, change) =>
      change.kind === 'open' && change.lot.reason === 'refund_after_payout' ? sum - Number(change.lot.amount) : sum,
    0,
  );
}

/** Accepts everything, so that nothing but our own conditions keeps the caps; and sometimes does not say so. */
function forgetfulAcquirer(
  random: () => number,
): Acquirer & CapturesAuthorizations & RefundsPayments & CancelsByReference {
  const accept = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    if (random() < 0.03) throw new AcquirerOutcomeUnknown('the answer is lost');
    return { kind: 'accepted', networkReference: 'N' } as const;
  };
  return {
    name: 'forgetful',
    authorize: () => Promise.reject(new Error('not used')),
    capture: accept,
    refund: accept,
    cancel: async () => {
      await accept();
      return { kind: 'cancelled' };
    },
  };
}

async function lotOf(store: MovementStore, paymentId: string): Promise<string> {
  const payment = await store.find(paymentId);
  const capture = Object.values(payment?.movements ?? {}).find(({ kind }) => kind === 'capture');
  return capture ? lotIdOf(capture) : '';
}

/** What a payout does: it claims the lot as it stands, once. */
async function claim(client: DynamoDBClient, lotId: string): Promise<Learned<PaymentCall, PaymentAnswer>> {
  const call = { step: 'claimLot' } as const;
  try {
    const { Attributes: lot } = await client.send(
      new UpdateItemCommand({
        TableName: lotsTableName,
        Key: { pk: { S: lotId } },
        UpdateExpression: 'SET #state = :claimed',
        ConditionExpression: '#state = :held AND remaining > :nothing',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':claimed': { S: 'claimed' }, ':held': { S: 'held' }, ':nothing': { N: '0' } },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return [{ call, answer: { kind: 'claimed', paidOut: Number(lot?.['remaining']?.N) } }];
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return [{ call, answer: { kind: 'claimed', paidOut: 0 } }];
  }
}
