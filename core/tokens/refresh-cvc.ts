import type { Principal } from '../access/principal.ts';
import type { CardInvalid } from './card-data.ts';
import { readCvc } from './card-data.ts';
import type { CheckedCard } from './check-card.ts';
import { checkCvc } from './check-card.ts';
import { cvcExpiry } from './create-token.ts';
import { openEnvelope } from './open-envelope.ts';
import type { CvcReplacer, DataKeyUnwrapper, EnvelopeKeyring, RandomBytes, TokenReader } from './ports.ts';
import { sealCvc } from './seal-card.ts';

export interface RefreshCvcDependencies {
  readonly keyring: EnvelopeKeyring;
  readonly tokens: TokenReader;
  readonly dataKeys: DataKeyUnwrapper;
  readonly cvcs: CvcReplacer;
  readonly random: RandomBytes;
}

export type RefreshedCvc =
  | { readonly kind: 'refreshed' }
  /** There is no such token of the caller's. */
  | { readonly kind: 'notFound' }
  | { readonly kind: 'invalidEnvelope' }
  | CardInvalid
  | Extract<CheckedCard, { kind: 'cvcInvalid' }>;

/**
 * Takes a fresh security code for a saved card.
 *
 * Input: the token's id, a compact JWE of `{cvc}`, who asks, and the time.
 * 1. Find the caller's token.
 * 2. Open the envelope, read the code, and check that it fits the brand.
 * 3. Unwrap the token's data key and seal the code under it.
 * 4. Keep it in place of any older one and use the envelope up, in one transaction.
 * Output: that it is kept, for 15 minutes at most, or why not. A token that is deleted meanwhile takes the only key
 * with it, so that a code left behind opens for nobody.
 */
export async function refreshCvc(
  deps: RefreshCvcDependencies,
  request: { readonly tokenId: string; readonly jwe: string; readonly principal: Principal; readonly now: Date },
): Promise<RefreshedCvc> {
  const { tokenId, jwe, principal, now } = request;
  const token = await deps.tokens.find(tokenId);
  if (token?.ownerId !== principal.id) return { kind: 'notFound' };
  const opened = await openEnvelope(deps, { jwe, now });
  if (opened.kind === 'invalidEnvelope') return opened;
  const read = readCvc(opened.plaintext);
  opened.plaintext.fill(0);
  if (read.kind === 'cardInvalid') return read;
  const { cvc } = read.data;
  const checked = checkCvc(cvc, token.brand);
  if (checked.kind === 'cvcInvalid') return checked;
  const dataKey = await deps.dataKeys.unwrap(tokenId, token.wrappedKey);
  const sealed = sealCvc(dataKey, tokenId, cvc, deps.random);
  dataKey.fill(0);
  const replaced = await deps.cvcs.replace({ tokenId, sealed, expiresAt: cvcExpiry(now) }, opened.envelope);
  return replaced.kind === 'envelopeUsed' ? { kind: 'invalidEnvelope' } : { kind: 'refreshed' };
}
