import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { currencyExponent, isCurrency } from '../../../core/money/currencies.ts';

const list = fileURLToPath(new URL('../../../../shared/conformance/money/iso4217-codes-all.csv', import.meta.url));

/** Rows of the published list that are in use: alphabetic code and minor unit. Only country names hold commas. */
function activeCurrencies(): ReadonlyMap<string, string> {
  const rows = readFileSync(list, 'utf8').trim().split(/\r?\n/u).slice(1);
  const cells = rows.map((row) => row.split(','));
  return new Map(
    cells.flatMap((row) => {
      const [code = '', , minorUnit = '', withdrawn = ''] = row.slice(-4);
      return code !== '' && withdrawn === '' ? [[code, minorUnit]] : [];
    }),
  );
}

describe('currencies', () => {
  const conformance = existsSync(list) ? test : test.skip;

  conformance('agree with the published ISO 4217 list (conformance/money)', () => {
    const published = activeCurrencies();
    expect(published.size).toBeGreaterThan(150);
    for (const [code, minorUnit] of published) {
      if (/^\d$/u.test(minorUnit)) expect([code, currencyExponent(code)]).toEqual([code, Number(minorUnit)]);
      else expect([code, isCurrency(code)]).toEqual([code, false]);
    }
  });

  test('are refused when nobody issues them', () => {
    for (const code of ['', 'eur', 'XXX', 'XAU', 'DEM', 'toString', '__proto__']) expect(isCurrency(code)).toBe(false);
    expect(() => currencyExponent('DEM')).toThrow('DEM is not an ISO 4217 currency');
  });
});
