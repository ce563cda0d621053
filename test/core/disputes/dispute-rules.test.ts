import { describe, expect, test } from '@jest/globals';
import type { DisputeState } from '../../../core/disputes/dispute.ts';
import { disputeStates } from '../../../core/disputes/dispute.ts';
import { disputeRules, eventOf, paymentLeads } from '../../../core/disputes/dispute-rules.ts';
import { replyBy } from '../../../core/disputes/reply-by.ts';
import { movementRules } from '../../../core/payments/movements/movement-rules.ts';

describe('the table of disputes', () => {
  test('reaches every state, and ends where a dispute is decided or an inquiry closed', () => {
    const reached = new Set<string>(['none']);
    for (let before = 0; before !== reached.size;) {
      before = reached.size;
      for (const { from, to } of disputeRules) if (reached.has(from)) reached.add(to);
    }
    expect([...reached].filter((state) => state !== 'none').sort()).toEqual([...disputeStates].sort());
    const ends = disputeStates.filter((state) => !disputeRules.some(({ from }) => from === state));
    expect(ends).toEqual(['warning_closed', 'won', 'lost']);
  });

  test('lets a notice skip steps that were missed, and announces the last', () => {
    expect(eventOf('none', 'won')).toBe('dispute.won');
    expect(eventOf('none', 'under_review')).toBe('dispute.updated');
    expect(eventOf('none', 'warning_closed')).toBe('dispute.closed');
    expect(eventOf('warning_needs_response', 'lost')).toBe('dispute.lost');
    expect(eventOf('none', 'needs_response')).toBe('dispute.opened');
  });

  test('never goes back', () => {
    const order: readonly DisputeState[] = [
      'warning_needs_response',
      'warning_under_review',
      'needs_response',
      'under_review',
    ];
    for (const [index, later] of order.entries())
      for (const earlier of order.slice(0, index))
        expect([later, earlier, eventOf(later, earlier)]).toEqual([later, earlier, undefined]);
    for (const end of ['won', 'lost', 'warning_closed'] as const)
      for (const state of disputeStates) expect([end, state, eventOf(end, state)]).toEqual([end, state, undefined]);
  });
});

describe('a disputed payment', () => {
  test('comes from every state in which money was captured, and goes back to each of them', () => {
    const captured = ['partially_captured', 'captured', 'partially_refunded', 'refunded'] as const;
    for (const status of captured) {
      expect(paymentLeads[status]).toEqual([status, 'disputed']);
      expect(paymentLeads.disputed).toContain(status);
    }
  });

  test('lives on: whatever movement ends beside it, it stays disputed', () => {
    for (const { leads } of movementRules) expect(leads.disputed).toEqual(['disputed']);
  });
});

test.each([
  ['visa', '2026-12-22T10:00:00.000Z'],
  ['mastercard', '2027-01-06T10:00:00.000Z'],
  ['american-express', '2026-12-12T10:00:00.000Z'],
  ['discover', '2026-12-22T10:00:00.000Z'],
  ['unionpay', '2026-12-12T10:00:00.000Z'],
])('a dispute of a card of %s takes an answer until %s', (brand, expected) => {
  expect(replyBy(brand, '2026-11-22T10:00:00.000Z')).toBe(expected);
});
