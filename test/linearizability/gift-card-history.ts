import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { backOffWithJitter } from '../../adapters/dynamodb/back-off.ts';
import { toGiftCardItem } from '../../adapters/dynamodb/gift-card-item.ts';
import { dynamoGiftCardStore } from '../../adapters/dynamodb/gift-card-store.ts';
import { holdGiftCard } from '../../core/gift-cards/hold-gift-card.ts';
import { redeemGiftCard } from '../../core/gift-cards/redeem-gift-card.ts';
import { refundGiftCard } from '../../core/gift-cards/refund-gift-card.ts';
import { releaseGiftCard } from '../../core/gift-cards/release-gift-card.ts';
import { issuedCard, start } from '../core/gift-cards/fakes.ts';
import type { Operation } from './checker.ts';
import type { GiftCardAnswer, GiftCardCall } from './gift-card-model.ts';
import type { Connections } from './payment-history.ts';
import type { Learned } from './record-history.ts';
import { clocks, recordHistory } from './record-history.ts';

export const giftCardTable = 'gift-cards';
export const issuedWith = 100;

export type GiftCardHistory = Operation<GiftCardCall, GiftCardAnswer>[];

const clientsAtOnce = 8;
/** Half of the clients make a second call. */
const callsOf = (client: number) => 1 + (client % 2);
/** Two payments have holds already, so that much can be redeemed. */
const first: readonly GiftCardCall[] = [
  { step: 'hold', payment: 'pay_0', amount: 40 },
  { step: 'hold', payment: 'pay_1', amount: 25 },
  { step: 'redeem', payment: 'pay_1', capture: 'cap_9', amount: 10, isFinal: false },
];

/** Eight clients hold, redeem, release, refund and look at a gift card at once; some send what others send. */
export async function racingSteps(
  { steady, client }: Connections,
  id: string,
  random: () => number,
): Promise<GiftCardHistory> {
  await steady.send(
    new PutItemCommand({ TableName: giftCardTable, Item: toGiftCardItem(issuedCard(BigInt(issuedWith), { id })) }),
  );
  const shared = clocks();
  const before = await recordHistory([first], (call) => tell(steady, id, call, () => 1), shared);
  const calls = Array.from({ length: clientsAtOnce }, (_, at) =>
    Array.from({ length: callsOf(at) }, () => drawCall(random)),
  );
  const history = await recordHistory(
    calls,
    (call) => tell(call.step === 'read' ? steady : client, id, call, random),
    shared,
  );
  const after = await recordHistory([[{ step: 'read' } as const]], (call) => tell(steady, id, call, () => 1), shared);
  return [...before, ...history, ...after];
}

function drawCall(random: () => number): GiftCardCall {
  const below = (count: number) => Math.floor(random() * count);
  const payment = `pay_${below(4)}`;
  const drawn = random();
  if (drawn < 0.25) return { step: 'hold', payment, amount: [15, 20, 30][below(3)] ?? 15 };
  if (drawn < 0.6) {
    const capture = `cap_${below(5)}`;
    // The capture says which payment it is of: mostly the same request again, sometimes another one under its id.
    const amount = random() < 0.9 ? 10 : 5;
    return { step: 'redeem', payment: `pay_${Number(capture.at(-1)) % 2}`, capture, amount, isFinal: drawn < 0.35 };
  }
  if (drawn < 0.7) return { step: 'release', payment };
  if (drawn < 0.9) return { step: 'refund', refund: `ref_${below(3)}`, amount: 5 };
  return { step: 'read' };
}

/** Sends a call, and most of the time again when nothing was heard. */
async function tell(
  client: DynamoDBClient,
  id: string,
  call: GiftCardCall,
  random: () => number,
): Promise<Learned<GiftCardCall, GiftCardAnswer>> {
  do {
    try {
      return [{ call, answer: await send(client, id, call) }];
    } catch {
      // The caller heard nothing.
    }
  } while (random() < 0.7);
  return [{ call, answer: undefined }];
}

async function send(client: DynamoDBClient, id: string, call: GiftCardCall): Promise<GiftCardAnswer> {
  const giftCards = dynamoGiftCardStore(client, giftCardTable);
  const dependencies = { giftCards, backOff: backOffWithJitter };
  const at = { giftCardId: id, now: start };
  switch (call.step) {
    case 'hold': {
      const request = { ...at, paymentId: call.payment, amount: BigInt(call.amount), currency: 'EUR' };
      return numbersOf(await holdGiftCard(dependencies, request));
    }
    case 'redeem': {
      const { payment: paymentId, capture: captureId, isFinal } = call;
      const request = { ...at, paymentId, captureId, amount: BigInt(call.amount), isFinal };
      return numbersOf(await redeemGiftCard(dependencies, request));
    }
    case 'release':
      return numbersOf(await releaseGiftCard(dependencies, { ...at, paymentId: call.payment }));
    case 'refund': {
      const request = { ...at, refundId: call.refund, amount: BigInt(call.amount) };
      return numbersOf(await refundGiftCard(dependencies, { revivalDays: 90 }, request));
    }
    case 'read': {
      const card = await giftCards.find(id);
      return ['shown', Number(card?.available), Number(card?.held), Number(card?.redeemed)];
    }
  }
}

type Result =
  | Awaited<ReturnType<typeof holdGiftCard>>
  | Awaited<ReturnType<typeof redeemGiftCard>>
  | Awaited<ReturnType<typeof releaseGiftCard>>
  | Awaited<ReturnType<typeof refundGiftCard>>;

function numbersOf(result: Result): GiftCardAnswer {
  switch (result.kind) {
    case 'held':
      return ['held', Number(result.hold.amount)];
    case 'insufficient':
      return ['insufficient', Number(result.needed), Number(result.available)];
    case 'holdResolved':
      return ['holdResolved', Number(result.hold.redeemed), Number(result.hold.released)];
    case 'amountDiffers':
      return ['amountDiffers', Number('held' in result ? result.held : result.refunded)];
    case 'redeemed':
      return ['redeemed', Number(result.redeemed), Number(result.released)];
    case 'exceedsHold':
      return ['exceedsHold', Number(result.needed), Number(result.remaining)];
    case 'notHeld':
      return ['notHeld'];
    case 'captureDiffers':
      return ['captureDiffers', Number(result.redeemed)];
    case 'released':
      return ['released', Number(result.released)];
    case 'refunded':
      return ['refunded', Number(result.refunded)];
    case 'exceedsRedeemed':
      return ['exceedsRedeemed', Number(result.needed), Number(result.redeemed)];
    case 'expired':
    case 'unknown':
    case 'currencyMismatch':
      throw new Error(`nobody asked for ${result.kind}`);
  }
}
