import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Sha256 } from '../../adapters/sha256.ts';

const hexOf = async (digest: Promise<Uint8Array>) => Buffer.from(await digest).toString('hex');

describe('the SHA-256 of SDK clients', () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  const key = fc.oneof(fc.string({ minLength: 1 }), fc.uint8Array({ minLength: 1, maxLength: 100 }));

  test('without a secret is the hash of all that it was given', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, fc.string(), async (first, second) => {
        const hash = new Sha256();
        hash.update(first);
        hash.update(second);
        expect(await hexOf(hash.digest())).toBe(createHash('sha256').update(first).update(second).digest('hex'));
      }),
    );
  });

  test('with a secret is its HMAC, the second time too and after a reset', async () => {
    await fc.assert(
      fc.asyncProperty(key, bytes, async (secret, data) => {
        const expected = createHmac('sha256', secret).update(data).digest('hex');
        for (let round = 0; round < 2; round += 1) {
          const hash = new Sha256(secret);
          hash.update(Uint8Array.of(1, 2, 3));
          hash.reset();
          hash.update(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
          expect(await hexOf(hash.digest())).toBe(expected);
        }
      }),
    );
  });
});
