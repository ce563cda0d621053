import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { cardNumber, filesHolding } from './support.ts';

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
