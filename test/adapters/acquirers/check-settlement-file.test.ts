import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import type { CheckedSettlementFile } from '../../../adapters/acquirers/simulated/check-settlement-file.ts';
import {
  checkSettlementFile,
  parseSettlementLine,
} from '../../../adapters/acquirers/simulated/check-settlement-file.ts';
import { UnusableSettlementFile } from '../../../core/payments/acquirer.ts';

const header = { record: 'header', version: 1, date: '2026-11-22' };
const captured = {
  record: 'movement',
  reference: 'mov_1',
  operation: 'capture',
  currency: 'EUR',
  gross: '1250',
  fee: '38',
  net: '1212',
};
const refunded = { ...captured, reference: 'mov_2', operation: 'refund', gross: '-1000', fee: '0', net: '-1000' };
const disputed = { ...captured, reference: 'mov_1', operation: 'chargeback', gross: '-250', fee: '1500', net: '-1750' };
const won = { ...disputed, operation: 'chargeback_reversal', gross: '250', fee: '0', net: '250' };
const dollars = { ...captured, reference: 'mov_3', currency: 'USD', gross: '90071992547409930', fee: '0' };
const movements = [captured, refunded, disputed, won, { ...dollars, net: dollars.gross }];
const sums = [
  { currency: 'EUR', gross: '250', fee: '1538', net: '-1288' },
  { currency: 'USD', gross: '90071992547409930', fee: '0', net: '90071992547409930' },
];

/** A file whose hash is right, whatever stands in it. */
function fileOf(changes: { header?: object; movements?: readonly object[]; trailer?: object } = {}): string {
  const lines = [changes.header ?? header, ...(changes.movements ?? movements)];
  const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const sha256 = createHash('sha256').update(body).digest('hex');
  const trailer = { record: 'trailer', date: header.date, count: 5, sums, sha256, ...changes.trailer };
  return `${body}${JSON.stringify(trailer)}\n`;
}

/** What does not end with a line feed is handed over as it is, as rawLinesOf would not. */
function check(text: string): CheckedSettlementFile {
  const whole = checkSettlementFile();
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  for (const line of lines) whole.take(Buffer.from(line));
  if (rest !== '') throw new UnusableSettlementFile(lines.length + 1, 'the line does not end');
  return whole.finish();
}

function failureOf(text: string): UnusableSettlementFile {
  try {
    check(text);
  } catch (error) {
    if (error instanceof UnusableSettlementFile) return error;
    throw error;
  }
  throw new Error('the file was read');
}

describe('a settlement file that is whole', () => {
  test('says what it comes to', () => {
    const { date, count, sums: found, sha256 } = check(fileOf());
    expect({ date, count }).toEqual({ date: '2026-11-22', count: 5 });
    expect(sha256).toMatch(/^[0-9a-f]{64}$/u);
    expect(found).toEqual([
      { currency: 'EUR', gross: 250n, fee: 1538n, net: -1288n },
      { currency: 'USD', gross: 90_071_992_547_409_930n, fee: 0n, net: 90_071_992_547_409_930n },
    ]);
  });

  test('is read to its lines, exactly', () => {
    expect(parseSettlementLine(JSON.stringify(disputed), 4)).toEqual({
      reference: 'mov_1',
      operation: 'chargeback',
      currency: 'EUR',
      gross: -250n,
      fee: 1500n,
      net: -1750n,
    });
    expect(parseSettlementLine(JSON.stringify({ ...dollars, net: dollars.gross }), 6).net).toBe(
      90_071_992_547_409_930n,
    );
  });

  test('may settle what we do not know, of either sign: that is for people, and no fault of the file', () => {
    for (const gross of ['-5', '0', '5'])
      expect(parseSettlementLine(JSON.stringify({ ...refunded, operation: 'levy', gross, net: gross }), 2).net).toBe(
        BigInt(gross),
      );
  });
});

describe('a settlement file that is not', () => {
  const only = (movement: object) => fileOf({ movements: [movement], trailer: { count: 1 } });

  test.each<[string, number, string]>([
    ['empty', 1, ''],
    ['only a header', 2, `${JSON.stringify(header)}\n`],
    ['without a header', 1, fileOf().split('\n').slice(1).join('\n')],
    ['of another version', 1, fileOf({ header: { ...header, version: 2 } })],
    ['without its trailer', 7, `${fileOf().split('\n').slice(0, 6).join('\n')}\n`],
    ['without its last line feed', 7, fileOf().slice(0, -1)],
    ['with more after its trailer', 8, `${fileOf()}${JSON.stringify(captured)}\n`],
    ['with a line that is not JSON', 3, fileOf().replace('"mov_2"', '"mov_2')],
    ['with a net that is not gross less fee', 2, only({ ...captured, net: '1213' })],
    ['with a capture below zero', 2, only({ ...captured, gross: '-1250', net: '-1288' })],
    ['with a refund above zero', 2, only({ ...refunded, gross: '1000', net: '1000' })],
    ['with a JSON number for an amount', 2, only({ ...captured, gross: 1250 })],
    ['with an operation that is no name', 2, only({ ...captured, operation: 'Gift card!' })],
    ['with a reference that is none', 2, only({ ...captured, reference: 'two words' })],
    ['that brings a fee back for a capture', 2, only({ ...captured, fee: '-1', net: '1251' })],
    ['with a field that we do not know', 2, only({ ...captured, tax: '0' })],
    ['with another count', 7, fileOf({ trailer: { count: 4 } })],
    ['with another date in its trailer', 7, fileOf({ trailer: { date: '2026-11-23' } })],
    ['with another sum', 7, fileOf({ trailer: { sums: [{ ...sums[0], gross: '251' }, sums[1]] } })],
    ['with a currency less in its sums', 7, fileOf({ trailer: { sums: [sums[0]] } })],
    ['with a currency twice in its sums', 7, fileOf({ trailer: { sums: [sums[0], sums[0]] } })],
    ['with another reference', 7, fileOf().replace('mov_2', 'mov_9')],
  ])('%s: the error names line %s', (_, line, text) => {
    const error = failureOf(text);
    expect(error.line).toBe(line);
    expect(error.message).toContain(`line ${line}: `);
  });

  test('is found wherever it was cut', () => {
    const whole = fileOf();
    for (let length = 0; length < whole.length; length += 1) {
      const error = failureOf(whole.slice(0, length));
      expect(error.line).toBeLessThanOrEqual(7);
    }
  });

  test('is found whichever character was altered', () => {
    const whole = fileOf();
    const anAlteration = fc
      .tuple(fc.nat(whole.length - 1), fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme-ascii' }))
      // Blanks between the values of the trailer change nothing that it says.
      .filter(([at, character]) => whole[at] !== character && character.trim() !== '');
    fc.assert(
      fc.property(anAlteration, ([at, character]) => {
        failureOf(`${whole.slice(0, at)}${character}${whole.slice(at + 1)}`);
      }),
      { numRuns: 2_000 },
    );
  });

  test('says nothing of what it holds', () => {
    const error = failureOf(only({ ...captured, reference: 4242424242424242, operation: '4242424242424242' }));
    expect(String(error)).not.toContain('4242');
    const field = failureOf(only({ ...captured, '4242424242424242': '' }));
    expect(String(field)).not.toContain('4242');
  });
});
