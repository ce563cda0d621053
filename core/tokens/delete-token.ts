import type { Principal } from '../access/principal.ts';
import type { TokenRemover } from './ports.ts';

export type DeletedToken = { readonly kind: 'deleted' } | { readonly kind: 'notFound' };

/**
 * Shreds a saved card.
 *
 * Input: the token's id, and who asks.
 * 1. Destroy the caller's token: with its wrapped key goes the only way to open the card. Point-in-time recovery can
 *    bring the wrapped key back for 35 days; whoever must shred at once disables recovery or waits.
 * Output: that it is gone; notFound when there is none of the caller's, so also the second time.
 */
export async function deleteToken(
  { tokens }: { readonly tokens: TokenRemover },
  { tokenId, principal }: { readonly tokenId: string; readonly principal: Principal },
): Promise<DeletedToken> {
  return (await tokens.remove(tokenId, principal.id)) ? { kind: 'deleted' } : { kind: 'notFound' };
}
