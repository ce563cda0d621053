import type { Principal } from '../access/principal.ts';
import type { TokenReader } from './ports.ts';
import type { CardToken } from './token.ts';

/**
 * The caller's own token, for whoever is about to use it.
 *
 * Input: the token's id, and who asks.
 * 1. Read the token.
 * 2. Check that it is the caller's; a stranger's token answers like one that does not exist.
 * Output: what may be known of the card, without what is sealed; undefined when it is absent or somebody else's.
 */
export async function findToken(
  { tokens }: { readonly tokens: TokenReader },
  { tokenId, principal }: { readonly tokenId: string; readonly principal: Principal },
): Promise<CardToken | undefined> {
  const stored = await tokens.find(tokenId);
  if (stored?.ownerId !== principal.id) return undefined;
  const { id, ownerId, brand, funding, bin, last4, expMonth, expYear, fingerprint, createdAt, version } = stored;
  return { id, ownerId, brand, funding, bin, last4, expMonth, expYear, fingerprint, createdAt, version };
}
