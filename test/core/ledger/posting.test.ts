import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { authorizationPostings } from '../../../core/ledger/payment-postings.ts';
import { assertBalanced } from '../../../core/ledger/posting.ts';

describe('postings', () => {
  test('of an authorization balance for every amount', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 12n }), (amount) => {
        expect(() => assertBalanced(authorizationPostings(amount, 'EUR'))).not.toThrow();
      }),
    );
  });

  test('are refused when a currency is off balance, even if the numbers agree across currencies', () => {
    const [debit] = authorizationPostings(100n, 'EUR');
    const [, credit] = authorizationPostings(100n, 'USD');
    if (!debit || !credit) throw new Error('an authorization has two postings');
    expect(() => assertBalanced([debit, credit])).toThrow('Postings in EUR are off balance by 100');
  });

  test('are refused when one is not positive', () => {
    const nothing = { account: 'auth_hold', side: 'debit', amount: 0n, currency: 'EUR' } as const;
    expect(() => assertBalanced([nothing])).toThrow('not positive');
  });
});
