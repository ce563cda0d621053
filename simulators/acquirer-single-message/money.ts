/**
 * ISO 4217's decimals of the currencies that have other than two. The acquirer wants each amount with exactly its
 * currency's decimals, so that a merchant who is wrong about them is refused instead of charged a hundredfold.
 */
const decimals: ReadonlyMap<string, number> = new Map(
  Object.entries({
    0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
    3: 'BHD IQD JOD KWD LYD OMR TND',
    4: 'CLF UYW',
  }).flatMap(([exponent, codes]) => codes.split(' ').map((code) => [code, Number(exponent)] as const)),
);

/** Whether `value` (`12.34`) is a positive amount written with exactly the currency's decimals. */
export function isAmountOf(value: string, currency: string): boolean {
  const [whole = '', fraction = ''] = value.split('.');
  return fraction.length === (decimals.get(currency) ?? 2) && (whole + fraction).length <= 15 && /[1-9]/u.test(value);
}

/** An amount written with exactly its currency's decimals, in minor units. Exact, because it has 15 digits at most. */
export function minorUnitsOf(value: string): number {
  return Number(value.replace('.', ''));
}
