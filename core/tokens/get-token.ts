import type { Principal } from '../access/principal.ts';
import { findToken } from './find-token.ts';
import type { TokenReader } from './ports.ts';
import type { CardToken } from './token.ts';

export type GotToken = { readonly kind: 'found'; readonly token: CardToken } | { readonly kind: 'notFound' };

/**
 * One saved card of the caller.
 *
 * Input: the token's id, and who asks.
 * 1. Find the caller's token.
 * Output: the token, or notFound when it is absent or somebody else's.
 */
export async function getToken(
  deps: { readonly tokens: TokenReader },
  request: { readonly tokenId: string; readonly principal: Principal },
): Promise<GotToken> {
  const token = await findToken(deps, request);
  return token ? { kind: 'found', token } : { kind: 'notFound' };
}
