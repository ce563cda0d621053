/** A good body of the acquirer's POST /authorizations. */
export const authorization = {
  reference: 'ord-1',
  amount: 1250,
  currency: 'EUR',
  card: { number: '4242424242424242', expMonth: 12, expYear: 2040, cvc: '8413', holderName: 'Ada Lovelace' },
};

/** A good body of the single-message acquirer's POST /v2/sales. */
export const sale = {
  merchantReference: 'ord-1',
  total: { value: '12.50', currency: 'EUR' },
  account: { pan: '4242424242424242', expiry: '1240', cvc: '8413', cardholder: 'Ada Lovelace' },
};
