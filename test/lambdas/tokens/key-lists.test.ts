import { describe, expect, test } from '@jest/globals';
import { envelopeKeys, fingerprintKeys } from '../../../lambdas/tokens/key-lists.ts';

describe('ENVELOPE_KEYS', () => {
  test('names the current key first, then retired ones with their time', () => {
    const text = '[{"kid":"b","keyArn":"arn:b"},{"kid":"a","keyArn":"arn:a","retiredAt":"2026-11-22T10:00:00Z"}]';
    expect(envelopeKeys.parse(text)).toEqual([
      { kid: 'b', keyArn: 'arn:b' },
      { kid: 'a', keyArn: 'arn:a', retiredAt: new Date('2026-11-22T10:00:00Z') },
    ]);
  });

  test.each([
    ['no JSON', 'kid'],
    ['no key', '[]'],
    ['a second key that nobody retired', '[{"kid":"b","keyArn":"arn:b"},{"kid":"a","keyArn":"arn:a"}]'],
    ['a key without ARN', '[{"kid":"b"}]'],
  ])('is refused with %s', (_name, text) => {
    expect(envelopeKeys.safeParse(text).success).toBe(false);
  });
});

describe('FINGERPRINT_KEYS', () => {
  test('names the current version first', () => {
    const text = '[{"version":2,"keyArn":"arn:2"},{"version":1,"keyArn":"arn:1"}]';
    expect(fingerprintKeys.parse(text).map(({ version }) => version)).toEqual([2, 1]);
    expect(fingerprintKeys.safeParse('[]').success).toBe(false);
  });
});
