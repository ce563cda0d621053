import { createHash } from 'node:crypto';
import { roughEuroCents } from '../money/rough-euros.ts';
import type { PaymentEvent } from './features/events.ts';
import type { ScoreOrder, TakingPart } from './ports.ts';

const millisecondsPerDay = 86_400_000;

/** A time as features count it: days since the Unix epoch, with fractions. */
export function daysOf(time: Date): number {
  return time.getTime() / millisecondsPerDay;
}

/** Who takes part in a payment: hashes alone, short enough that many stand in an item, and long enough that two are never the same. */
export function takingPartOf(
  order: Pick<ScoreOrder, 'fingerprint' | 'deviceId' | 'sellerId' | 'buyerId' | 'ip'>,
): TakingPart {
  return {
    card: idOf('card', order.fingerprint ?? ''),
    device: idOf('device', order.deviceId),
    seller: idOf('seller', order.sellerId),
    buyer: idOf('buyer', order.buyerId),
    address: idOf('address', order.ip),
  };
}

/** 72 bits of a hash, as 12 characters. */
function idOf(kind: string, value: string): string {
  if (value === '') return '';
  return createHash('sha256').update(`${kind}\0${value}`).digest('base64url').slice(0, 12);
}

/** A payment as features see it. */
export function paymentEventOf(
  order: Pick<ScoreOrder, 'amount' | 'currency' | 'billingCountry' | 'shippingCountry' | 'giftCards'>,
  takingPart: TakingPart,
  at: number,
): PaymentEvent {
  const { card, device, buyer, address } = takingPart;
  return {
    ...{ kind: 'payment', at, amount: roughEuroCents(order.amount, order.currency), card, device, buyer, address },
    countriesDiffer: order.billingCountry !== order.shippingCountry,
    byGiftCard: (order.giftCards?.length ?? 0) > 0,
  };
}
