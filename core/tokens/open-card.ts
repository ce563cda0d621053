import type { CvcTaker, DataKeyUnwrapper, TokenReader } from './ports.ts';
import { openSealedCard, openSealedCvc } from './seal-card.ts';
import type { Card } from './token.ts';

export type OpenedCard = { readonly kind: 'opened'; readonly card: Card } | { readonly kind: 'notFound' };

/**
 * Opens a saved card for the acquirer.
 *
 * Input: the token's id and the time. Whose it is was checked when the payment was made.
 * 1. Read the token.
 * 2. Unwrap its data key for this token's id. Before the code is taken, so that a key service that does not answer
 *    costs the buyer nothing.
 * 3. Take the security code: delete it and keep what was deleted, if it had not expired. It is gone before the
 *    acquirer is called, whatever happens then (PCI DSS 3.3.1: not kept after authorization).
 * 4. Open both.
 * Output: the card, its code if there was one; notFound when the token was deleted meanwhile.
 * Throws VaultCorruptedError when what is stored does not open; what the ports throw passes.
 */
export async function openCard(
  deps: { readonly tokens: TokenReader; readonly cvcs: CvcTaker; readonly dataKeys: DataKeyUnwrapper },
  { tokenId, now }: { readonly tokenId: string; readonly now: Date },
): Promise<OpenedCard> {
  const token = await deps.tokens.find(tokenId);
  if (!token) return { kind: 'notFound' };
  const dataKey = await deps.dataKeys.unwrap(tokenId, token.wrappedKey);
  try {
    const sealedCvc = await deps.cvcs.take(tokenId, now);
    const card = openSealedCard(dataKey, tokenId, token.sealedCard);
    if (!sealedCvc) return { kind: 'opened', card };
    return { kind: 'opened', card: { ...card, cvc: openSealedCvc(dataKey, tokenId, sealedCvc) } };
  } finally {
    dataKey.fill(0);
  }
}
