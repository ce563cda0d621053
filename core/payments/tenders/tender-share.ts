/**
 * What one of several tenders pays of a payment: the gift cards in the order of the request, then the card. The amounts
 * of all shares sum to those of the payment. A payment by one card alone has no list of shares: the payment's own
 * amounts are those of its card. Minor units.
 */
export interface TenderShare {
  /** Absent for the card. */
  readonly giftCardId?: string;
  /** What it was asked to hold; fixed when the payment is opened. */
  readonly amount: bigint;
  readonly captured: bigint;
  readonly refunded: bigint;
  /** What a new capture may still take of it; nothing until all tenders are held. */
  readonly capturable: bigint;
  /** What a new refund may still give back to it; below zero when chargebacks took more of the card than that. */
  readonly refundable: bigint;
}

/** What a movement does to one share, in the order of the payment's shares. */
export interface TenderPart {
  /** What moves. */
  readonly amount: bigint;
  /** What it takes out of the share's remainder; more than `amount` where the rest is released. */
  readonly taken: bigint;
}

/** A share that nothing was done with yet. */
export function newShare(amount: bigint, giftCardId?: string): TenderShare {
  const remainders = { captured: 0n, refunded: 0n, capturable: 0n, refundable: 0n };
  return { ...(giftCardId === undefined ? {} : { giftCardId }), amount, ...remainders };
}

type Paid = Readonly<Record<'amount' | 'amountCaptured' | 'amountRefunded' | 'capturable' | 'refundable', bigint>> & {
  readonly shares?: readonly TenderShare[];
};

/** The payment's shares; of a payment by one card alone, the one that its own amounts are. */
export function sharesOf(payment: Paid): readonly TenderShare[] {
  const { amount, amountCaptured: captured, amountRefunded: refunded, capturable, refundable } = payment;
  return payment.shares ?? [{ amount, captured, refunded, capturable, refundable }];
}

type Moved = TenderPart & { readonly parts?: readonly TenderPart[] };

/** The movement's parts in the order of its payment's shares; of a payment by one card alone, the movement itself. */
export function partsOf({ amount, taken, parts }: Moved): readonly TenderPart[] {
  return parts ?? [{ amount, taken }];
}

/** All of each share; undefined where one card pays alone. */
export function wholeParts({ shares }: Pick<Paid, 'shares'>): readonly TenderPart[] | undefined {
  return shares?.map(({ amount }) => ({ amount, taken: amount }));
}

export const noPart: TenderPart = { amount: 0n, taken: 0n };

/** What a movement does at the acquirer; nothing when the payment has no card or the movement leaves it alone. */
export function cardPartOf(payment: Paid, movement: Moved): TenderPart {
  const parts = partsOf(movement);
  return sharesOf(payment).reduce(
    (found, { giftCardId }, index) => (giftCardId === undefined ? (parts[index] ?? noPart) : found),
    noPart,
  );
}

/** The gift cards that a movement takes from or gives to, and how much. */
export function giftCardPartsOf(
  { shares = [] }: Pick<Paid, 'shares'>,
  movement: Moved,
): readonly { readonly giftCardId: string; readonly amount: bigint }[] {
  const parts = partsOf(movement);
  return shares.flatMap(({ giftCardId }, index) => {
    const { amount } = parts[index] ?? noPart;
    return giftCardId === undefined || amount === 0n ? [] : [{ giftCardId, amount }];
  });
}

/** What the card holds, or is asked to hold, of a payment. */
export function cardAmountOf(payment: Pick<Paid, 'amount' | 'shares'>): bigint {
  const ofGiftCards = (payment.shares ?? []).filter(({ giftCardId }) => giftCardId !== undefined);
  return ofGiftCards.reduce((left, { amount }) => left - amount, payment.amount);
}

/** The shares after the acquirer took an amount of the card back by a chargeback, or gave it back (below zero). */
export function withCardDisputed({ shares }: Pick<Paid, 'shares'>, amount: bigint): Pick<Paid, 'shares'> {
  if (!shares) return {};
  return {
    shares: shares.map((share) =>
      share.giftCardId === undefined ? { ...share, refundable: share.refundable - amount } : share,
    ),
  };
}
