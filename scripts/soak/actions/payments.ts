import type { CreatePayment, Payment } from '../../../packages/client/index.ts';
import { contextOf } from '../../buyer-context.ts';
import { cardNumber } from '../../card-number.ts';
import type { World } from '../world.ts';
import { oneOf } from '../world.ts';
import { issueGiftCard } from './gift-cards.ts';

const decliningCard = '4000000000000002';
/** Without decimals, with two, and with three. */
const currencies = ['EUR', 'EUR', 'USD', 'JPY', 'KWD'] as const;
/** What the demo seller does not take, and has to be converted. */
const foreignCurrencies = ['SEK', 'AUD', 'CAD'] as const;
const locks = ['5m', '1h', '24h'] as const;
const ways = [
  'card',
  'card',
  'card',
  'split',
  'split',
  'gift cards',
  'quote',
  'quote over gift card and card',
] as const;
let next = 0;

type Tenders = CreatePayment['tenders'];
type Way = (typeof ways)[number];

/** What a buyer wants to pay, and by what. */
interface Order extends Pick<CreatePayment, 'amount' | 'currency' | 'tenders'> {
  readonly fxQuoteId?: string;
}

/** Pays in one of the ways in which a buyer can. Undefined when nobody learned what became of it. */
export async function pay(world: World): Promise<Payment | undefined> {
  const way = oneOf(world, ways);
  next += 1;
  const index = next;
  const order = await orderOf(world, way, index);
  if (!order) return undefined;
  const capture = world.random() < 0.3 ? 'automatic' : 'manual';
  const body = bodyOf(world, order, index, capture);
  const key = `soak-payment-${index}`;
  return world.ask<Payment>({
    name: `pay by ${way}, ${capture}`,
    send: (client) => client.createPayment(body, key),
    // After an unknown outcome the present state is answered, which goes on changing; who paid what does not.
    settled: (answer) => ('id' in answer && 'amount' in answer ? { id: answer.id, amount: answer.amount } : undefined),
    // Between the promise and the payment the clock may have been moved, or the machine have been away.
    refusals: order.fxQuoteId === undefined ? [] : ['fx_quote_expired'],
  });
}

const someAmount = ({ random }: World) => 1000 + Math.floor(random() * 20_000);

async function orderOf(world: World, way: Way, index: number): Promise<Order | undefined> {
  const currency = oneOf(world, currencies);
  switch (way) {
    case 'card': {
      const tenders = await cardTender(world, index);
      return tenders && { amount: someAmount(world), currency, tenders };
    }
    case 'split':
      return splitOrder(world, index, currency);
    case 'gift cards': {
      const [first, second] = [await issueGiftCard(world, currency), await issueGiftCard(world, currency)];
      if (!first || !second) return undefined;
      const left = Math.max(1, Math.floor(second.amount * world.random()));
      return { amount: first.amount + left, currency, tenders: [tenderOf(first), tenderOf(second)] };
    }
    case 'quote': {
      const [tenders, quoted] = [await cardTender(world, index), await quote(world, index, someAmount(world))];
      return tenders && quoted && { ...quoted, tenders };
    }
    case 'quote over gift card and card': {
      const split = await splitOrder(world, index, oneOf(world, foreignCurrencies));
      const quoted = split && (await quote(world, index, split.amount, split.currency));
      return split && quoted && { ...split, ...quoted };
    }
  }
}

/** A gift card pays all it has, and a card the rest. */
async function splitOrder(world: World, index: number, currency: string): Promise<Order | undefined> {
  const [giftCard, card] = [await issueGiftCard(world, currency), await cardTender(world, index)];
  if (!giftCard || !card) return undefined;
  return { amount: giftCard.amount + someAmount(world), currency, tenders: [tenderOf(giftCard), ...card] };
}

const tenderOf = ({ code }: { readonly code: string }) => ({ type: 'gift_card', code }) as const;

/** Without a token there is nothing to pay with; tokens have no key, so one whose answer was lost is lost. */
async function cardTender(world: World, index: number): Promise<Tenders | undefined> {
  const number = world.random() < 0.05 ? decliningCard : cardNumber(500_000 + index);
  const card = { number, expMonth: 12, expYear: 2035, cvc: '837', holderName: 'Ada Lovelace' };
  try {
    world.cards.numbers.add(number);
    const { id } = await world.client().createToken(card, await world.instance().now());
    world.cards.tokens.push(id);
    return [{ type: 'card', token: id }];
  } catch {
    world.count('token: no answer');
    return undefined;
  }
}

async function quote(world: World, index: number, amount: number, from: string = oneOf(world, foreignCurrencies)) {
  const order = { from, to: 'EUR', amount, lock: oneOf(world, locks) };
  const promised = await world.ask({
    name: 'promise a rate',
    send: (client) => client.createFxQuote(order, `soak-quote-${index}`),
    settled: (answer) => answer,
    refusals: [],
  });
  return promised && { fxQuoteId: promised.id, amount, currency: from };
}

function bodyOf(world: World, order: Order, index: number, capture: 'manual' | 'automatic'): CreatePayment {
  return {
    sellerId: world.instance().outputs.demo.sellerId,
    ...order,
    capture,
    buyer: { id: `soak-buyer-${index}`, email: `soak-${index}@example.com` },
    context: contextOf(index, `soak-device-${index}`, 'soak'),
  };
}
