import { deriveId } from '../ids.ts';
import type { CardInvalid } from './card-data.ts';
import { readCard } from './card-data.ts';
import type { CheckedCard } from './check-card.ts';
import { checkCard } from './check-card.ts';
import { openEnvelope } from './open-envelope.ts';
import type {
  BinTable,
  DataKeyMaker,
  EnvelopeKeyring,
  Fingerprinter,
  RandomBytes,
  SealedCvc,
  TokenAdder,
  TokenizingCounter,
  UsedEnvelope,
} from './ports.ts';
import { cvcLifetimeSeconds } from './cvc-lifetime.ts';
import { sealCard, sealCvc } from './seal-card.ts';
import type { Card, CardToken, StoredToken } from './token.ts';

export interface CreateTokenDependencies {
  readonly keyring: EnvelopeKeyring;
  readonly counter: TokenizingCounter;
  readonly bins: BinTable;
  readonly fingerprinter: Fingerprinter;
  readonly dataKeys: DataKeyMaker;
  readonly tokens: TokenAdder;
  readonly random: RandomBytes;
}

export type CreatedToken =
  | { readonly kind: 'created'; readonly token: CardToken }
  /** Wrong, stale, of an unknown key, or used before: one answer for all. */
  | { readonly kind: 'invalidEnvelope' }
  | CardInvalid
  | Exclude<CheckedCard, { kind: 'valid' }>
  /** The caller has tokenized as many cards of this BIN as an hour allows. */
  | { readonly kind: 'tooManyCards' };

/**
 * Replaces an encrypted card by a token.
 *
 * Input: the compact JWE, whose token it becomes, and the time.
 * 1. Open the envelope.
 * 2. Read the card and check it: an envelope whose card is refused stays unused.
 * 3. Count the card for this caller and BIN, so that nobody tries numbers out against each other.
 * 4. Fingerprint the number, and have a data key made for the token alone.
 * 5. Seal the card, and its security code apart from it.
 * 6. Keep both and use the envelope up, in one transaction.
 * Output: the token, or why there is none. Of two requests with one envelope exactly one gets a token.
 * Throws what the ports throw: then nothing was kept, or the answer got lost and the envelope is used.
 */
export async function createToken(
  deps: CreateTokenDependencies,
  { jwe, ownerId, now }: { readonly jwe: string; readonly ownerId: string; readonly now: Date },
): Promise<CreatedToken> {
  const opened = await openEnvelope(deps, { jwe, now });
  if (opened.kind === 'invalidEnvelope') return opened;
  const read = readCard(opened.plaintext);
  opened.plaintext.fill(0);
  if (read.kind === 'cardInvalid') return read;
  const card = read.data;
  const checked = checkCard(card, now);
  if (checked.kind !== 'valid') return checked;
  if (!(await deps.counter.count(ownerId, binOf(card), now))) return { kind: 'tooManyCards' };
  const { token, cvc } = await seal(deps, { card, brand: checked.brand, envelope: opened.envelope, ownerId, now });
  const added = await deps.tokens.add(token, cvc, opened.envelope);
  if (added.kind === 'envelopeUsed') return { kind: 'invalidEnvelope' };
  return { kind: 'created', token };
}

interface CheckedRequest {
  readonly card: Card;
  readonly brand: string;
  readonly envelope: UsedEnvelope;
  readonly ownerId: string;
  readonly now: Date;
}

async function seal(
  { fingerprinter, dataKeys, bins, random }: CreateTokenDependencies,
  { card, brand, envelope, ownerId, now }: CheckedRequest,
): Promise<{ readonly token: StoredToken; readonly cvc: SealedCvc | undefined }> {
  // The envelope names the token: whoever asks how the first try ended finds the same one.
  const id = deriveId('tok_', ownerId, envelope.kid, envelope.jti);
  const [fingerprint, dataKey] = await Promise.all([fingerprinter.fingerprint(card.number), dataKeys.generate(id)]);
  try {
    return {
      token: {
        id,
        ownerId,
        brand,
        funding: bins.funding(card.number),
        bin: binOf(card),
        last4: card.number.slice(-4),
        expMonth: card.expMonth,
        expYear: card.expYear,
        fingerprint,
        createdAt: now.toISOString(),
        version: 1,
        wrappedKey: dataKey.wrapped,
        sealedCard: sealCard(dataKey.plaintext, id, card, random),
      },
      cvc:
        card.cvc === undefined
          ? undefined
          : { tokenId: id, sealed: sealCvc(dataKey.plaintext, id, card.cvc, random), expiresAt: cvcExpiry(now) },
    };
  } finally {
    dataKey.plaintext.fill(0);
  }
}

/** When a security code taken now is no longer to be read. */
export function cvcExpiry(now: Date): Date {
  return new Date(now.getTime() + cvcLifetimeSeconds * 1000);
}

function binOf({ number }: Card): string {
  return number.slice(0, 6);
}
