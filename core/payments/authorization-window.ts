import type { CardFunding } from '../tokens/token.ts';

/** Who is behind a payment; the networks hold a merchant's own requests for a shorter time. */
type Initiator = 'customer' | 'merchant';

interface Window {
  /** The card's network, by the brand of its token. */
  readonly network: string;
  readonly funding: CardFunding | 'any';
  readonly initiator: Initiator;
  readonly hours: number;
}

/**
 * How long an issuer keeps an authorization for, card not present; the first row that fits counts.
 * Source: ../shared/domain-facts.md, "Cards" (Stripe's published windows).
 */
const windows: readonly Window[] = [
  { network: 'visa', funding: 'any', initiator: 'customer', hours: 7 * 24 },
  { network: 'visa', funding: 'any', initiator: 'merchant', hours: 4 * 24 + 18 },
  { network: 'mastercard', funding: 'any', initiator: 'customer', hours: 7 * 24 },
  { network: 'american-express', funding: 'any', initiator: 'customer', hours: 7 * 24 },
  { network: 'discover', funding: 'any', initiator: 'customer', hours: 7 * 24 },
];

/** Of networks that the table does not know: the shortest that it does. */
const shortestHours = Math.min(...windows.map(({ hours }) => hours));

/**
 * When what gift cards hold without a card beside them is given back: after the longest window that a card has, so that
 * a seller who ships in time need not know what the buyer paid with. RFC 3339 UTC.
 */
export function giftCardsAloneExpiry(now: Date): string {
  const longestHours = Math.max(...windows.map(({ hours }) => hours));
  return new Date(now.getTime() + longestHours * 3_600_000).toISOString();
}

/** Hours for which an authorization may be captured. In: the card's brand and funding, and who began the payment. */
export function authorizationHours(network: string, funding: CardFunding, initiator: Initiator): number {
  const found = windows.find(
    (window) =>
      window.network === network &&
      window.initiator === initiator &&
      (window.funding === 'any' || window.funding === funding),
  );
  return found?.hours ?? shortestHours;
}

/**
 * When an authorization that was made now runs out: after its window, or earlier when the acquirer says so. In: the
 * card, and the acquirer's own time if it told one. Out: RFC 3339 UTC.
 */
export function authorizationExpiry(
  { brand, funding }: { readonly brand: string; readonly funding: CardFunding },
  acquirersExpiry: string | undefined,
  now: Date,
): string {
  const hours = authorizationHours(brand, funding, 'customer');
  const ours = new Date(now.getTime() + hours * 3_600_000).toISOString();
  return acquirersExpiry !== undefined && acquirersExpiry < ours ? acquirersExpiry : ours;
}

const hourMilliseconds = 3_600_000;

/** How long before they run out the authorizations of a window are given the date of their release (note-expiries). */
export const notedAheadMilliseconds = 2 * hourMilliseconds;

/** The lengths of all windows. */
export const windowMilliseconds: readonly number[] = [
  ...new Set(windows.map(({ hours }) => hours * hourMilliseconds)),
].toSorted((one, other) => one - other);

/** Passes are an hour apart, and clocks differ. */
const passMilliseconds = hourMilliseconds;

/**
 * The longest window whose pass comes before an authorization runs out: it is the pass that notes its release. Undefined
 * for one that runs out before all of them, which its transition has to note itself.
 */
export function windowToNote(createdAt: string, expiresAt: string): number | undefined {
  const longest = Date.parse(expiresAt) - Date.parse(createdAt) + notedAheadMilliseconds - passMilliseconds;
  return windowMilliseconds.findLast((window) => window <= longest);
}

/**
 * When somebody has to look at what is left of an authorization, as far as that has to be noted now: not while a pass
 * over the payments of its day is still to come. So a payment that is captured in time never enters an index for it.
 */
export function expiryLook(createdAt: string, expiresAt: string, now: Date): string | undefined {
  const window = windowToNote(createdAt, expiresAt);
  if (window === undefined) return expiresAt;
  const passedFrom = Date.parse(createdAt) + window - notedAheadMilliseconds - passMilliseconds;
  return now.getTime() < passedFrom ? undefined : expiresAt;
}
