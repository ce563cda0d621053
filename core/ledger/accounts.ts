/**
 * The chart of accounts: every account that postings may name, what it means, on which side it normally stands, and
 * whether each seller has one of their own. From ../shared/domain-facts.md, "Ledger postings".
 */
export const chartOfAccounts = {
  auth_hold: { normal: 'debit', perSeller: false, meaning: 'Memo: what cards hold for us and nobody has captured' },
  auth_hold_contra: { normal: 'credit', perSeller: false, meaning: 'Memo: the other side of auth_hold' },
  gift_card_hold: { normal: 'debit', perSeller: false, meaning: 'Memo: what payments hold on gift cards' },
  gift_card_hold_contra: { normal: 'credit', perSeller: false, meaning: 'Memo: the other side of gift_card_hold' },
  processor_clearing: { normal: 'debit', perSeller: false, meaning: 'What the acquirer owes us until it settles' },
  settlement_suspense: {
    normal: 'credit',
    perSeller: false,
    meaning: 'What the acquirer paid, or took, and our book does not explain yet',
  },
  bank: { normal: 'debit', perSeller: false, meaning: 'What is on our bank account' },
  processing_fee: { normal: 'debit', perSeller: false, meaning: 'What the acquirer keeps of each capture' },
  commission: { normal: 'credit', perSeller: false, meaning: 'What we keep of each sale' },
  order_escrow: { normal: 'credit', perSeller: false, meaning: 'What buyers paid for orders that were not shipped' },
  gift_card_receivable: {
    normal: 'debit',
    perSeller: false,
    meaning: 'What gift cards were sold for, outside of the acquirer',
  },
  gift_card_liability: { normal: 'credit', perSeller: false, meaning: 'What holders of gift cards may still spend' },
  gift_card_breakage: { normal: 'credit', perSeller: false, meaning: 'What was left on gift cards when they expired' },
  seller_deferred: { normal: 'credit', perSeller: true, meaning: "A seller's money that is not released yet" },
  dispute_fee: { normal: 'debit', perSeller: false, meaning: 'What disputes cost us at the acquirer' },
  dispute_excess: {
    normal: 'debit',
    perSeller: false,
    meaning: 'What disputes took beyond what refunds had left: ours until it is cleared up',
  },
  seller_receivable: { normal: 'debit', perSeller: true, meaning: 'What a seller owes us' },
  fx_position: {
    normal: 'credit',
    perSeller: false,
    meaning: 'What buyers paid in one currency and sellers are owed in another',
  },
  fx_revenue: { normal: 'credit', perSeller: false, meaning: 'What we keep of conversions' },
  fx_residue: { normal: 'credit', perSeller: false, meaning: "What rounding leaves of conversions, never a seller's" },
} as const satisfies Record<string, AccountDescription>;

export type Account = keyof typeof chartOfAccounts;

interface AccountDescription {
  readonly normal: 'debit' | 'credit';
  readonly perSeller: boolean;
  readonly meaning: string;
}

/** The accounts by name, for schemas. */
export const accounts: readonly [Account, ...Account[]] = [
  'auth_hold',
  'auth_hold_contra',
  'gift_card_hold',
  'gift_card_hold_contra',
  'processor_clearing',
  'settlement_suspense',
  'bank',
  'processing_fee',
  'commission',
  'order_escrow',
  'gift_card_receivable',
  'gift_card_liability',
  'gift_card_breakage',
  'seller_deferred',
  'dispute_fee',
  'dispute_excess',
  'seller_receivable',
  'fx_position',
  'fx_revenue',
  'fx_residue',
];
