import type * as z from 'zod';
import type { token } from '../../contracts/tokens.ts';
import type { ListedToken } from '../../core/tokens/token.ts';

/** A token as its owner sees it: field by field, so that nothing else ever slips into an answer. */
export function presentToken(listed: ListedToken): z.infer<typeof token> {
  const { id, brand, funding, bin, last4, expMonth, expYear, createdAt, version } = listed;
  return { object: 'token', id, brand, funding, bin, last4, expMonth, expYear, createdAt, version };
}
