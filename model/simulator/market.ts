import type { Draw } from './draw.ts';
import type { SimulatedPayment } from './payment.ts';

/** Somebody honest: what they usually do. */
export interface Customer {
  readonly name: string;
  readonly cards: readonly string[];
  /** The newest last: now and then somebody buys another. */
  readonly devices: string[];
  readonly address: string;
  /** What they usually pay, minor units. */
  readonly usualAmount: number;
  readonly paymentsPerDay: number;
  readonly favourites: readonly string[];
}

export interface Market {
  readonly customers: readonly Customer[];
  /** The youngest last: new ones open shop all the time. */
  readonly sellers: string[];
}

/** How large the market is. */
export interface MarketSize {
  readonly customers: number;
  readonly sellers: number;
}

/** Of a hundred people some share an address, behind the gateway of an office or of a provider. */
const peopleAtSharedAddress = 60;
const shareAtSharedAddress = 0.2;

export function openMarket(draw: Draw, size: MarketSize): Market {
  const sellers = Array.from({ length: size.sellers }, (_, index) => `seller-${index}`);
  const customers = Array.from({ length: size.customers }, (_, index): Customer => {
    const name = `customer-${index}`;
    const own = (what: string, count: number) =>
      Array.from({ length: count }, (_each, which) => `${name}-${what}-${which}`);
    return {
      name,
      cards: own('card', draw.chance(0.3) ? 2 : 1),
      devices: own('device', draw.chance(0.4) ? 2 : 1),
      address: draw.chance(shareAtSharedAddress)
        ? `office-${Math.floor(index / peopleAtSharedAddress)}`
        : `${name}-address`,
      usualAmount: 4000 * draw.aroundOne(0.7),
      paymentsPerDay: 0.35 * draw.aroundOne(0.6),
      // Some sellers are everybody's: a low number is drawn more often.
      favourites: Array.from({ length: 8 }, () => sellers[Math.floor(sellers.length * draw.between(0, 1) ** 2)] ?? ''),
    };
  });
  return { customers, sellers };
}

/** A time of a day: few pay at night. */
export function timeOfDay(draw: Draw): number {
  return draw.chance(0.08) ? draw.between(0, 7 / 24) : draw.between(7 / 24, 1);
}

/** What the honest pay on a day: customers, and guests who were never seen before and mostly never come back. */
export function honestPayments(draw: Draw, { customers, sellers }: Market, day: number): readonly SimulatedPayment[] {
  const opened = draw.times(sellers.length * shareOfSellersOpening);
  for (let count = 0; count < opened; count += 1) sellers.push(`seller-${sellers.length}`);
  const young = sellers.slice(-mostYoungSellers);
  const ofCustomers = customers.flatMap((customer) => {
    if (draw.chance(0.003)) customer.devices.push(`${customer.name}-device-${customer.devices.length}`);
    return Array.from({ length: draw.times(customer.paymentsPerDay) }, () =>
      honestVisit(draw, customer, young, day),
    ).flat();
  });
  const guests = Array.from({ length: Math.round(ofCustomers.length * shareOfGuests) }, () =>
    honestVisit(draw, guest(draw, sellers), young, day),
  ).flat();
  return [...ofCustomers, ...guests];
}

const shareOfGuests = 0.12;
/** Of all sellers, how many open on a day; so many are looked at as the newest, by customers of every kind. */
const [shareOfSellersOpening, mostYoungSellers] = [0.02, 40];
const shareAtYoungSellers = 0.2;

function guest(draw: Draw, sellers: readonly string[]): Customer {
  const name = `guest-${draw.whole(0, 1e12)}`;
  return {
    ...{ name, cards: [`${name}-card`], devices: [`${name}-device`], address: `${name}-address` },
    ...{ usualAmount: 5000 * draw.aroundOne(0.9), paymentsPerDay: 0, favourites: [draw.oneOf(sellers)] },
  };
}

function honestPayment(draw: Draw, customer: Customer, young: readonly string[], day: number): SimulatedPayment {
  const byGiftCard = draw.chance(0.08);
  const seller = draw.oneOf(draw.chance(shareAtYoungSellers) ? young : customer.favourites);
  // Now and then something dear.
  const dear = draw.chance(0.04) ? draw.between(2, 8) : 1;
  const amount = byGiftCard
    ? draw.oneOf([1000, 2000, 2500, 5000])
    : Math.max(100, Math.round(customer.usualAmount * draw.aroundOne(0.5) * dear * priceLevel(seller)));
  return {
    at: day + timeOfDay(draw),
    amount,
    card: byGiftCard ? '' : draw.oneOf(customer.cards),
    buyer: customer.name,
    seller,
    device: deviceOf(draw, customer),
    // At home, or on the way.
    address: draw.chance(0.85) ? customer.address : `mobile-${draw.whole(0, 300)}`,
    countriesDiffer: draw.chance(0.06),
    byGiftCard,
    isDeclined: draw.chance(0.03),
  };
}

/**
 * One payment; now and then another thing is bought within minutes or hours, and who is declined mostly tries again, often with another
 * card.
 */
function honestVisit(
  draw: Draw,
  customer: Customer,
  young: readonly string[],
  day: number,
): readonly SimulatedPayment[] {
  let last = honestPayment(draw, customer, young, day);
  const payments = [last];
  while (payments.length < 4) {
    const isTriedAgain = last.isDeclined && draw.chance(0.7);
    if (!isTriedAgain && !draw.chance(0.06)) break;
    last = isTriedAgain ? triedAgain(draw, customer, last) : boughtBesides(draw, customer, young, last);
    payments.push(last);
  }
  return payments;
}

function triedAgain(draw: Draw, customer: Customer, { card, at, ...last }: SimulatedPayment): SimulatedPayment {
  const isSameCard = card === '' || draw.chance(0.5);
  return {
    ...{ ...last, at: at + draw.between(0.3, 5) / 1440, isDeclined: draw.chance(0.3) },
    card: isSameCard ? card : anotherCard(draw, customer),
  };
}

function boughtBesides(
  draw: Draw,
  customer: Customer,
  young: readonly string[],
  { at, device, address }: SimulatedPayment,
): SimulatedPayment {
  const next = honestPayment(draw, customer, young, at);
  const card = next.card === '' || draw.chance(0.7) ? next.card : anotherCard(draw, customer);
  return { ...next, card, at: at + draw.between(0.5, draw.chance(0.6) ? 30 : 600) / 1440, device, address };
}

/** One that was there, or one that nobody has seen before. */
function anotherCard(draw: Draw, { name, cards }: Customer): string {
  return draw.chance(0.5) ? draw.oneOf(cards) : `${name}-card-${draw.whole(10, 1e9)}`;
}

/**
 * Some sell dear things, some cheap ones, by their numbers, so that each keeps to it: from a third of what is usual to thirteen times,
 * a tenth of them above five times.
 */
function priceLevel(seller: string): number {
  const place = (Number(seller.replace(/\D/gu, '')) * 0.618_034) % 1;
  return 0.33 * 40 ** (place * place * place);
}

/** Mostly the newest; now and then another, or one that is somebody else's. */
function deviceOf(draw: Draw, { devices }: Customer): string {
  if (draw.chance(0.02)) return `borrowed-${draw.whole(0, 1e12)}`;
  return draw.chance(0.75) ? (devices.at(-1) ?? '') : draw.oneOf(devices);
}
