import type { Draw } from './draw.ts';
import type { Customer, Market } from './market.ts';
import { timeOfDay } from './market.ts';
import type { AttackKind, SimulatedPayment } from './payment.ts';
import { attackKinds } from './payment.ts';

const [second, minute, hour] = [1 / 86_400, 1 / 1440, 1 / 24];

/** How many attacks of each kind begin on a day, among a thousand customers. */
const attacksPerDay: Readonly<Record<AttackKind, number>> = {
  card_testing: 0.08,
  account_takeover: 0.5,
  collusion: 0.03,
  stolen_gift_cards: 0.12,
  amount_anomaly: 0.6,
};

type Attack = (draw: Draw, market: Market, day: number) => readonly SimulatedPayment[];

/** What attackers begin on a day; some go on for days. */
export function attacksOf(draw: Draw, market: Market, day: number, rate: number): readonly SimulatedPayment[] {
  const begin = (kind: AttackKind) =>
    Array.from({ length: draw.times((attacksPerDay[kind] * rate * market.customers.length) / 1000) }, () =>
      attacks[kind](draw, market, day),
    ).flat();
  return attackKinds.flatMap(begin);
}

const stranger = (draw: Draw, what: string) => `${what}-${draw.whole(0, 1e12)}`;

/** Many stolen numbers are tried for little money, one after the other, to find those that still work. */
const testCards: Attack = (draw, { sellers }, day) => {
  const seller = draw.oneOf(sellers);
  const devices = Array.from({ length: draw.whole(1, 3) }, () => stranger(draw, 'tester'));
  const addresses = Array.from({ length: draw.whole(1, 3) }, () => stranger(draw, 'proxy'));
  // As guests, each time another, or by a few accounts.
  const accounts = Array.from({ length: draw.oneOf([1, 5, 100]) }, () => stranger(draw, 'account'));
  // Some try fast, some slowly, so that nobody counts them.
  const pace = draw.oneOf([10 * second, minute, 20 * minute]);
  let at = day + draw.between(0, 0.9);
  return Array.from({ length: draw.whole(20, 80) }, () => {
    at += pace * draw.aroundOne(0.8);
    return {
      ...{ at, seller, attack: 'card_testing' as const, byGiftCard: false, countriesDiffer: draw.chance(0.3) },
      ...{ amount: draw.whole(100, 900), card: stranger(draw, 'stolen'), isDeclined: draw.chance(0.7) },
      buyer: draw.oneOf(accounts),
      ...{ device: draw.oneOf(devices), address: draw.oneOf(addresses) },
    };
  });
};

/** Somebody else signs in and pays with the card that is saved there, from a device of their own, for what can be sold on. */
const takeAccount: Attack = (draw, { customers, sellers }, day) => {
  const victim = draw.oneOf(customers);
  // Some go through the victim's own machine.
  const isRemote = draw.chance(0.3);
  const device = isRemote ? draw.oneOf(victim.devices) : stranger(draw, 'thief');
  const address = isRemote ? victim.address : stranger(draw, 'thief-address');
  let at = day + timeOfDay(draw);
  return Array.from({ length: draw.whole(1, 4) }, () => {
    at += draw.between(3 * minute, 6 * hour);
    return {
      ...ofVictim(draw, victim, at, draw.between(1.5, 6)),
      ...{ seller: draw.oneOf(sellers), device, address, attack: 'account_takeover' as const },
      countriesDiffer: draw.chance(0.4),
    };
  });
};

/** A seller who sells nothing is paid by cards that somebody else owns, until the owners complain. */
const collude: Attack = (draw, _market, day) => {
  const seller = stranger(draw, 'front');
  const devices = [stranger(draw, 'front-device'), stranger(draw, 'front-device')];
  const cards = Array.from({ length: draw.whole(5, 10) }, () => stranger(draw, 'stolen'));
  const price = draw.whole(15, 60) * 1000;
  return Array.from({ length: draw.whole(5, 15) }, (_, later) => day + later).flatMap((each) =>
    Array.from({ length: draw.whole(1, 3) }, () => {
      const card = draw.oneOf(cards);
      return {
        ...{
          at: each + timeOfDay(draw),
          amount: price - draw.whole(0, 3) * 500,
          card,
          buyer: `buyer-of-${card}`,
          seller,
        },
        ...{ device: draw.oneOf(devices), address: stranger(draw, 'proxy'), attack: 'collusion' as const },
        ...{ countriesDiffer: draw.chance(0.1), byGiftCard: false, isDeclined: draw.chance(0.1) },
      };
    }),
  );
};

/** Codes that were stolen are spent at once, one after the other, before their owners notice. */
const spendGiftCards: Attack = (draw, { sellers }, day) => {
  const [device, address] = [stranger(draw, 'spender'), stranger(draw, 'spender-address')];
  const buyer = stranger(draw, 'account');
  const shops = [draw.oneOf(sellers), draw.oneOf(sellers)];
  let at = day + timeOfDay(draw);
  return Array.from({ length: draw.whole(5, 20) }, () => {
    at += draw.between(minute, 20 * minute);
    return {
      ...{ at, amount: draw.oneOf([2500, 5000, 10_000]), card: '', buyer, seller: draw.oneOf(shops) },
      ...{ device, address, countriesDiffer: draw.chance(0.2), byGiftCard: true, isDeclined: false },
      attack: 'stolen_gift_cards' as const,
    };
  });
};

/** The details of a card are used where its owner usually is, for far more than its owner ever pays. */
const overspend: Attack = (draw, { customers, sellers }, day) => {
  const victim = draw.oneOf(customers);
  const at = day + (draw.chance(0.5) ? draw.between(0, 6 * hour) : timeOfDay(draw));
  return Array.from({ length: draw.whole(1, 3) }, (_, index) => ({
    ...ofVictim(draw, victim, at + index * draw.between(5 * minute, 12 * hour), draw.between(4, 12)),
    ...{ seller: draw.oneOf(sellers), attack: 'amount_anomaly' as const },
  }));
};

function ofVictim(draw: Draw, victim: Customer, at: number, times: number): SimulatedPayment {
  return {
    ...{ at, amount: Math.round(victim.usualAmount * times), card: draw.oneOf(victim.cards), buyer: victim.name },
    ...{ seller: draw.oneOf(victim.favourites), device: draw.oneOf(victim.devices), address: victim.address },
    ...{ countriesDiffer: false, byGiftCard: false, isDeclined: draw.chance(0.1) },
  };
}

const attacks: Readonly<Record<AttackKind, Attack>> = {
  card_testing: testCards,
  account_takeover: takeAccount,
  collusion: collude,
  stolen_gift_cards: spendGiftCards,
  amount_anomaly: overspend,
};
