import { expect, test } from '@jest/globals';
import type { Line } from './scenario-books.ts';
import { booksAfter } from './scenario-books.ts';

/**
 * What each step of a payment and of a gift card puts into the books, for a bookkeeper to read. The terms are those of
 * the examples: the acquirer keeps 3 % of each capture, we keep 15 % of each sale. Amounts are euros
 * unless another currency stands behind them. Quotes are at 0.90 euros a dollar less a margin of 1 %, which the seller bears.
 */
interface Scenario {
  /** What happens; the books show what the last step puts into them. */
  readonly story: readonly string[];
  readonly books: readonly Line[];
}

const scenarios: readonly Scenario[] = [
  {
    story: ['authorize 100.00'],
    books: [
      ['debit', 'auth_hold', '100.00'],
      ['credit', 'auth_hold_contra', '100.00'],
    ],
  },
  {
    story: ['authorize 100.00', 'capture 100.00'],
    books: [
      ['debit', 'auth_hold_contra', '100.00'],
      ['credit', 'auth_hold', '100.00'],
      ['debit', 'processor_clearing', '97.00'],
      ['debit', 'processing_fee', '3.00'],
      ['credit', 'commission', '15.00'],
      ['credit', 'seller_deferred', '85.00'],
    ],
  },
  {
    story: ['authorize 100.00', 'capture 40.00'],
    books: [
      ['debit', 'auth_hold_contra', '40.00'],
      ['credit', 'auth_hold', '40.00'],
      ['debit', 'processor_clearing', '38.80'],
      ['debit', 'processing_fee', '1.20'],
      ['credit', 'commission', '6.00'],
      ['credit', 'seller_deferred', '34.00'],
    ],
  },
  {
    // The whole hold is over, though only a part of it was captured.
    story: ['authorize 100.00', 'capture 40.00, the last one'],
    books: [
      ['debit', 'auth_hold_contra', '100.00'],
      ['credit', 'auth_hold', '100.00'],
      ['debit', 'processor_clearing', '38.80'],
      ['debit', 'processing_fee', '1.20'],
      ['credit', 'commission', '6.00'],
      ['credit', 'seller_deferred', '34.00'],
    ],
  },
  {
    // 15 % of 10.01 is 1.50, of which the two parts before took 1.00: no cent is won or lost by parts.
    story: ['authorize 10.01', 'capture 3.33', 'capture 3.33', 'capture 3.35'],
    books: [
      ['debit', 'auth_hold_contra', '3.35'],
      ['credit', 'auth_hold', '3.35'],
      ['debit', 'processor_clearing', '3.25'],
      ['debit', 'processing_fee', '0.10'],
      ['credit', 'commission', '0.50'],
      ['credit', 'seller_deferred', '2.85'],
    ],
  },
  {
    story: ['authorize 100.00', 'void'],
    books: [
      ['debit', 'auth_hold_contra', '100.00'],
      ['credit', 'auth_hold', '100.00'],
    ],
  },
  {
    story: ['authorize 100.00', 'capture 40.00', 'void'],
    books: [
      ['debit', 'auth_hold_contra', '60.00'],
      ['credit', 'auth_hold', '60.00'],
    ],
  },
  {
    story: ['authorize 100.00', 'a week passes'],
    books: [
      ['debit', 'auth_hold_contra', '100.00'],
      ['credit', 'auth_hold', '100.00'],
    ],
  },
  {
    // The acquirer keeps its fee; the commission goes back in proportion.
    story: ['authorize 100.00', 'capture 100.00', 'refund 40.00'],
    books: [
      ['debit', 'seller_deferred', '34.00'],
      ['debit', 'commission', '6.00'],
      ['credit', 'processor_clearing', '40.00'],
    ],
  },
  {
    story: ['authorize 100.00', 'capture 100.00', 'the seller is paid out', 'refund 40.00'],
    books: [
      ['debit', 'seller_receivable', '34.00'],
      ['debit', 'commission', '6.00'],
      ['credit', 'processor_clearing', '40.00'],
    ],
  },
  {
    // 50.00 were captured and paid out, 50.00 captured since: the younger lot gives first, the seller owes the rest.
    story: ['authorize 100.00', 'capture 50.00', 'the seller is paid out', 'capture 50.00', 'refund 80.00'],
    books: [
      ['debit', 'seller_deferred', '42.50'],
      ['debit', 'seller_receivable', '25.50'],
      ['debit', 'commission', '12.00'],
      ['credit', 'processor_clearing', '80.00'],
    ],
  },
  {
    // A gift card of 30.00 and a card pay it: only what the card pays is held at the acquirer.
    story: ['split 100.00'],
    books: [
      ['debit', 'auth_hold', '70.00'],
      ['credit', 'auth_hold_contra', '70.00'],
    ],
  },
  {
    // The gift card pays first: it brought its 30.00 into order_escrow, and the acquirer keeps its fee of the card's 20.00 alone.
    story: ['split 100.00', 'capture 50.00'],
    books: [
      ['debit', 'auth_hold_contra', '20.00'],
      ['credit', 'auth_hold', '20.00'],
      ['debit', 'processor_clearing', '19.40'],
      ['debit', 'processing_fee', '0.60'],
      ['debit', 'order_escrow', '30.00'],
      ['credit', 'commission', '7.50'],
      ['credit', 'seller_deferred', '42.50'],
    ],
  },
  {
    // The card is refunded first, and the gift card what is left.
    story: ['split 100.00', 'capture 100.00', 'refund 80.00'],
    books: [
      ['debit', 'seller_deferred', '68.00'],
      ['debit', 'commission', '12.00'],
      ['credit', 'processor_clearing', '70.00'],
      ['credit', 'order_escrow', '10.00'],
    ],
  },
  {
    story: ['split 100.00', 'void'],
    books: [
      ['debit', 'auth_hold_contra', '70.00'],
      ['credit', 'auth_hold', '70.00'],
    ],
  },
  {
    // We hold dollars and owe euros. Commission is of the 90.00 that the sale is worth; the margin comes out of the seller's part.
    story: ['authorize 100.00 USD by a quote', 'capture 100.00'],
    books: [
      ['debit', 'auth_hold_contra', '100.00 USD'],
      ['credit', 'auth_hold', '100.00 USD'],
      ['debit', 'processor_clearing', '97.00 USD'],
      ['debit', 'processing_fee', '3.00 USD'],
      ['credit', 'fx_position', '100.00 USD'],
      ['debit', 'fx_position', '90.00'],
      ['credit', 'fx_revenue', '0.90'],
      ['credit', 'commission', '13.50'],
      ['credit', 'seller_deferred', '75.60'],
    ],
  },
  {
    // Each part is rounded for itself: a cent is left, which is nobody's.
    story: ['authorize 100.00 USD by a quote', 'capture 10.03'],
    books: [
      ['debit', 'auth_hold_contra', '10.03 USD'],
      ['credit', 'auth_hold', '10.03 USD'],
      ['debit', 'processor_clearing', '9.73 USD'],
      ['debit', 'processing_fee', '0.30 USD'],
      ['credit', 'fx_position', '10.03 USD'],
      ['debit', 'fx_position', '9.03'],
      ['credit', 'fx_revenue', '0.09'],
      ['credit', 'fx_residue', '0.01'],
      ['credit', 'commission', '1.35'],
      ['credit', 'seller_deferred', '7.58'],
    ],
  },
  {
    // The last part gets the rest of everything, so that the seller has 75.60 in all and the cent is gone again.
    story: ['authorize 100.00 USD by a quote', 'capture 10.03', 'capture 89.97'],
    books: [
      ['debit', 'auth_hold_contra', '89.97 USD'],
      ['credit', 'auth_hold', '89.97 USD'],
      ['debit', 'processor_clearing', '87.27 USD'],
      ['debit', 'processing_fee', '2.70 USD'],
      ['credit', 'fx_position', '89.97 USD'],
      ['debit', 'fx_position', '80.97'],
      ['credit', 'fx_revenue', '0.81'],
      ['debit', 'fx_residue', '0.01'],
      ['credit', 'commission', '12.15'],
      ['credit', 'seller_deferred', '68.02'],
    ],
  },
  {
    // At the rate of the quote, whatever the dollar has come to since.
    story: ['authorize 100.00 USD by a quote', 'capture 100.00', 'refund 40.00'],
    books: [
      ['debit', 'seller_deferred', '30.24'],
      ['debit', 'commission', '5.40'],
      ['debit', 'fx_position', '40.00 USD'],
      ['credit', 'fx_position', '36.00'],
      ['debit', 'fx_revenue', '0.36'],
      ['credit', 'processor_clearing', '40.00 USD'],
    ],
  },
  {
    story: ['authorize 100.00 USD by a quote', 'capture 100.00', 'the seller is paid out', 'refund 100.00'],
    books: [
      ['debit', 'seller_receivable', '75.60'],
      ['debit', 'commission', '13.50'],
      ['debit', 'fx_position', '100.00 USD'],
      ['credit', 'fx_position', '90.00'],
      ['debit', 'fx_revenue', '0.90'],
      ['credit', 'processor_clearing', '100.00 USD'],
    ],
  },
  {
    story: ['sell a gift card of 100.00'],
    books: [
      ['debit', 'gift_card_receivable', '100.00'],
      ['credit', 'gift_card_liability', '100.00'],
    ],
  },
  {
    story: ['sell a gift card of 100.00', 'hold 60.00 of the card'],
    books: [
      ['debit', 'gift_card_hold', '60.00'],
      ['credit', 'gift_card_hold_contra', '60.00'],
    ],
  },
  {
    story: ['sell a gift card of 100.00', 'hold 60.00 of the card', 'redeem 60.00'],
    books: [
      ['debit', 'gift_card_hold_contra', '60.00'],
      ['credit', 'gift_card_hold', '60.00'],
      ['debit', 'gift_card_liability', '60.00'],
      ['credit', 'order_escrow', '60.00'],
    ],
  },
  {
    // The hold is over: 20.00 are spent, and 40.00 can be spent again.
    story: ['sell a gift card of 100.00', 'hold 60.00 of the card', 'redeem 20.00, the last one'],
    books: [
      ['debit', 'gift_card_hold_contra', '60.00'],
      ['credit', 'gift_card_hold', '60.00'],
      ['debit', 'gift_card_liability', '20.00'],
      ['credit', 'order_escrow', '20.00'],
    ],
  },
  {
    story: ['sell a gift card of 100.00', 'hold 60.00 of the card', 'release'],
    books: [
      ['debit', 'gift_card_hold_contra', '60.00'],
      ['credit', 'gift_card_hold', '60.00'],
    ],
  },
  {
    story: ['sell a gift card of 100.00', 'hold 60.00 of the card', 'redeem 60.00', 'refund 10.00 to the card'],
    books: [
      ['debit', 'order_escrow', '10.00'],
      ['credit', 'gift_card_liability', '10.00'],
    ],
  },
  {
    // What a payment holds does not lapse.
    story: ['sell a gift card of 100.00', 'hold 60.00 of the card', 'the card expires'],
    books: [
      ['debit', 'gift_card_liability', '40.00'],
      ['credit', 'gift_card_breakage', '40.00'],
    ],
  },
];

test.each(scenarios.map(({ story, books }) => [story.join('; '), story, books] as const))(
  '%s',
  async (_name, story, books) => {
    expect(await booksAfter(story)).toEqual(books);
  },
);
