import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { cvcFields } from './stored-tables.ts';
import { cardNumber, filesHolding, holdsCvc } from './support.ts';

describe('the search for card numbers', () => {
  test.each([
    ['plain', (number: string) => `card ${number}`],
    ['base64 within other text', (number: string) => Buffer.from(`{"number":"${number}"}`).toString('base64')],
    ['base64 at another alignment', (number: string) => Buffer.from(`x{"number":"${number}"}`).toString('base64')],
    ['base64 at a third alignment', (number: string) => Buffer.from(`xy{"number":"${number}"}`).toString('base64')],
    ['hex', (number: string) => Buffer.from(number).toString('hex')],
    ['gzip behind other bytes', (number: string) => Buffer.concat([Buffer.from('log '), gzipSync(`card ${number}`)])],
  ])('finds a planted number in %s', (_how, hide) => {
    const folder = mkdtempSync(join(tmpdir(), 'quittance-search-'));
    try {
      const [planted, other] = [cardNumber(7), cardNumber(8)];
      writeFileSync(join(folder, 'file'), hide(planted));
      expect(filesHolding(folder, [planted])).toHaveLength(1);
      expect(filesHolding(folder, [other])).toHaveLength(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the search for security codes', () => {
  const planted = { card: { cvc: '837' } };
  test.each([
    ['as it is', planted],
    ['in a text', { input: JSON.stringify(planted) }],
    ['in a text within a text', [{ Payload: JSON.stringify({ Detail: JSON.stringify(planted) }) }]],
  ])('finds a planted one %s', (_where, value) => {
    expect(cvcFields(value)).toHaveLength(1);
    expect(holdsCvc(JSON.stringify(value))).toBe(true);
  });

  test('takes no other number for it', () => {
    expect(holdsCvc(JSON.stringify({ amount: 837, id: 'a837b', text: '{"amount":1837}' }))).toBe(false);
    expect(cvcFields({ text: 'about cvc', other: '{broken' })).toEqual([]);
    expect(cvcFields({ movements: { ref_nvm2dhh3bncad6t0nvfzcvvs68: {} } })).toEqual([]);
  });
});
