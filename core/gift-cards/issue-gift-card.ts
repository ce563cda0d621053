import type { Principal } from '../access/principal.ts';
import { deriveId } from '../ids.ts';
import { currencyExponent } from '../money/currencies.ts';
import { readCode } from './code.ts';
import { hashCode, makeCode } from './code-hash.ts';
import type { GiftCard } from './gift-card.ts';
import type { CodeMacs, GiftCardIssuer } from './ports.ts';
import { applyGiftCardChange, giftCardTransition } from './transition.ts';

/** What a stage allows to be issued. */
export interface IssuingPolicy {
  /** The smallest and the largest card, in major units of its currency. */
  readonly leastMajorUnits: number;
  readonly mostMajorUnits: number;
  /** How long a card may be valid, and how long it is when nobody says. */
  readonly leastValidDays: number;
  readonly usualValidDays: number;
  readonly mostValidDays: number;
}

export interface IssueGiftCardRequest {
  readonly principal: Principal;
  readonly idempotencyKey: string;
  /** Unique per API request: it tells a write of our own whose answer was lost from another request's. */
  readonly requestId: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly validDays: number | undefined;
  readonly now: Date;
}

export type IssueGiftCardResult =
  /** `code` is there while it may be shown: to this request, and to its repetitions for half an hour. */
  | {
      readonly kind: 'issued';
      readonly card: GiftCard;
      readonly code: string | undefined;
      readonly replayed: boolean;
    }
  | { readonly kind: 'keyReused' }
  | { readonly kind: 'amountOutOfBounds'; readonly least: bigint; readonly most: bigint }
  | { readonly kind: 'validityOutOfBounds'; readonly leastDays: number; readonly mostDays: number };

export interface IssueGiftCardDependencies {
  readonly giftCards: GiftCardIssuer;
  readonly macs: CodeMacs;
  readonly policy: IssuingPolicy;
  /** Bytes from a cryptographically strong source. */
  readonly random: (size: number) => Uint8Array;
}

/** 160 bits: more than the 95 that a code shows. */
const secretBytes = 20;
/** Long enough for a caller that crashed to come back, short for a secret to lie about. */
const codeShownMilliseconds = 30 * 60_000;
const dayMilliseconds = 86_400_000;

/**
 * Issues a gift card.
 *
 * Primary course:
 * 1. The card's id is derived from the caller, the route and the Idempotency-Key, so a repetition finds the first.
 * 2. Amount and validity are within the stage's bounds.
 * 3. A secret is drawn; the key makes the code from it, and the code's hash.
 * 4. Card, transition, hash and secret are written in one transaction. The code itself is written nowhere.
 *
 * A repetition is answered with the card as it was issued. For half an hour it makes the code again from the secret,
 * so that a lost answer loses no money; after that the secret is gone, and with it the code. Another request under the
 * same key is `keyReused`. Infrastructure errors are thrown, and the same key may be used again.
 */
export async function issueGiftCard(
  deps: IssueGiftCardDependencies,
  request: IssueGiftCardRequest,
): Promise<IssueGiftCardResult> {
  const giftCardId = deriveId('gc_', request.principal.id, 'POST /v1/gift-cards', request.idempotencyKey);
  // Asked first: a repetition gets its first answer even when the stage's bounds have changed in between.
  const existing = await deps.giftCards.find(giftCardId);
  if (existing) return replay(deps, existing, request);
  const refusal = refusalOf(deps.policy, request);
  if (refusal) return refusal;
  const card = newGiftCard(deps, giftCardId, request);
  const secret = deps.random(secretBytes);
  const code = await makeCode(deps.macs, card.codeKeyVersion, giftCardId, secret);
  const hash = await hashCode(deps.macs, card.codeKeyVersion, readCode(code) ?? '');
  const transition = giftCardTransition(card, { step: 'issue' }, { credited: card.amount }, request.now);
  const issued = applyGiftCardChange(card, transition.change);
  if ((await deps.giftCards.issue(issued, transition, hash, secret)) === 'issued') {
    return { kind: 'issued', card: issued, code, replayed: false };
  }
  const other = await deps.giftCards.find(giftCardId);
  // A repetition at the same moment may have been first; it has the same id and, by its own secret, the one code.
  if (!other) throw new Error(`Gift card ${giftCardId} exists and cannot be found`);
  return replay(deps, other, request);
}

function refusalOf(
  { leastMajorUnits, mostMajorUnits, leastValidDays, mostValidDays }: IssuingPolicy,
  { amount, currency, validDays }: IssueGiftCardRequest,
): IssueGiftCardResult | undefined {
  const unit = 10n ** BigInt(currencyExponent(currency));
  const [least, most] = [BigInt(leastMajorUnits) * unit, BigInt(mostMajorUnits) * unit];
  if (amount < least || amount > most) return { kind: 'amountOutOfBounds', least, most };
  if (validDays !== undefined && (validDays < leastValidDays || validDays > mostValidDays)) {
    return { kind: 'validityOutOfBounds', leastDays: leastValidDays, mostDays: mostValidDays };
  }
  return undefined;
}

/** The card before anything is on it. */
function newGiftCard({ policy, macs }: IssueGiftCardDependencies, id: string, request: IssueGiftCardRequest): GiftCard {
  const { principal, requestId, amount, currency, now, validDays = policy.usualValidDays } = request;
  const createdAt = now.toISOString();
  return {
    id,
    ownerId: principal.id,
    requestHash: requestHash(request),
    issuedBy: requestId,
    amount,
    currency,
    balance: 0n,
    held: 0n,
    available: 0n,
    redeemed: 0n,
    lapsed: 0n,
    expiresAt: new Date(now.getTime() + validDays * dayMilliseconds).toISOString(),
    status: 'active',
    codeKeyVersion: macs.keyVersions[0],
    codeShownUntil: new Date(now.getTime() + codeShownMilliseconds).toISOString(),
    createdAt,
    updatedAt: createdAt,
    version: 0,
  };
}

function requestHash({ amount, currency, validDays }: IssueGiftCardRequest): string {
  return deriveId('req_', amount.toString(), currency, validDays?.toString() ?? '');
}

async function replay(
  { giftCards, macs }: IssueGiftCardDependencies,
  card: GiftCard,
  request: IssueGiftCardRequest,
): Promise<IssueGiftCardResult> {
  if (card.requestHash !== requestHash(request)) return { kind: 'keyReused' };
  const mayShowCode = request.now.toISOString() < card.codeShownUntil;
  const [issue, secret] = await Promise.all([
    giftCards.findIssue(card.id),
    mayShowCode ? giftCards.findSecret(card.id) : undefined,
  ]);
  if (!issue) throw new Error(`Gift card ${card.id} has no record of its issue`);
  const code = secret && (await makeCode(macs, card.codeKeyVersion, card.id, secret));
  // The first answer again, whatever has been spent since.
  const asIssued = applyGiftCardChange(card, issue.change);
  return { kind: 'issued', card: asIssued, code, replayed: card.issuedBy !== request.requestId };
}
