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
  readonly sellers: readonly string[];
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
  const ofCustomers = customers.flatMap((customer) => {
    if (draw.chance(0.003)) customer.devices.push(`${customer.name}-device-${customer.devices.length}`);
    return Array.from({ length: draw.times(customer.paymentsPerDay) }, () => honestPayment(draw, customer, day));
  });
  const guests = Array.from({ length: Math.round(ofCustomers.length * shareOfGuests) }, () =>
    honestPayment(draw, guest(draw, sellers), day),
  );
  return [...ofCustomers, ...guests];
}

const shareOfGuests = 0.12;

function guest(draw: Draw, sellers: readonly string[]): Customer {
  const name = `guest-${draw.whole(0, 1e12)}`;
  return {
    ...{ name, cards: [`${name}-card`], devices: [`${name}-device`], address: `${name}-address` },
    ...{ usualAmount: 5000 * draw.aroundOne(0.9), paymentsPerDay: 0, favourites: [draw.oneOf(sellers)] },
  };
}

function honestPayment(draw: Draw, customer: Customer, day: number): SimulatedPayment {
  const byGiftCard = draw.chance(0.08);
  // Now and then something dear.
  const dear = draw.chance(0.04) ? draw.between(2, 8) : 1;
  const amount = byGiftCard
    ? draw.oneOf([1000, 2000, 2500, 5000])
    : Math.max(100, Math.round(customer.usualAmount * draw.aroundOne(0.5) * dear));
  return {
    at: day + timeOfDay(draw),
    amount,
    card: byGiftCard ? `gift-${draw.whole(0, 1e9)}` : draw.oneOf(customer.cards),
    seller: draw.oneOf(customer.favourites),
    device: deviceOf(draw, customer),
    // At home, or on the way.
    address: draw.chance(0.85) ? customer.address : `mobile-${draw.whole(0, 300)}`,
    countriesDiffer: draw.chance(0.06),
    byGiftCard,
    isDeclined: draw.chance(0.03),
  };
}

/** Mostly the newest; now and then another, or one that is somebody else's. */
function deviceOf(draw: Draw, { devices }: Customer): string {
  if (draw.chance(0.02)) return `borrowed-${draw.whole(0, 1e12)}`;
  return draw.chance(0.75) ? (devices.at(-1) ?? '') : draw.oneOf(devices);
}
