import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import * as z from 'zod';
import type { SignedMessage } from '../../../core/webhooks/verify-signature.ts';
import { isAuthentic, parsePublicKey } from '../../../core/webhooks/verify-signature.ts';

const now = new Date('2021-02-25T15:02:10.000Z');
const seconds = Math.floor(now.getTime() / 1000);
const { privateKey, publicKey } = generateKeyPairSync('ed25519');

/** Signs as the public rules say: base64 of Ed25519 over id, time and body, joined by full stops. */
function signed(
  changes: { id?: string; timestamp?: number; body?: string; key?: KeyObject } = {},
): SignedMessage & { readonly signature: string } {
  const { id = 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp = seconds, key = privateKey } = changes;
  const { body = '{"test": 2432232314}' } = changes;
  const signature = sign(null, Buffer.from(`${id}.${timestamp}.${body}`), key).toString('base64');
  return { id, timestamp: String(timestamp), signature: `v1a,${signature}`, body: Buffer.from(body) };
}

describe('a message signed after the asymmetric variant of Standard Webhooks', () => {
  test('is authentic, whatever its bytes', () => {
    expect(isAuthentic(signed(), [publicKey], now)).toBe(true);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (body) => {
        expect(isAuthentic(signed({ body }), [publicKey], now)).toBe(true);
      }),
    );
  });

  test('is none any more when one bit of its body, or a character of its id or time, is another', () => {
    const message = signed();
    fc.assert(
      fc.property(fc.nat({ max: message.body.length * 8 - 1 }), (bit) => {
        const body = Buffer.from(message.body);
        const at = bit >> 3;
        body.writeUInt8(body.readUInt8(at) ^ (1 << (bit & 7)), at);
        expect(isAuthentic({ ...message, body }, [publicKey], now)).toBe(false);
      }),
    );
    expect(isAuthentic({ ...message, id: `${message.id ?? ''}x` }, [publicKey], now)).toBe(false);
    expect(isAuthentic({ ...message, timestamp: String(seconds + 1) }, [publicKey], now)).toBe(false);
  });

  test.each([
    ['five minutes old', -300, true],
    ['older', -301, false],
    ['five minutes ahead', 300, true],
    ['further ahead', 301, false],
  ])('that is %s is %s', (_, offset, expected) => {
    expect(isAuthentic(signed({ timestamp: seconds + offset }), [publicKey], now)).toBe(expected);
  });

  test('may carry other signatures and meet other keys, as while keys are changed', () => {
    const other = generateKeyPairSync('ed25519');
    const message = signed();
    const theirs = signed({ key: other.privateKey }).signature;
    const both = {
      ...message,
      signature: `v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4= ${theirs} ${message.signature}`,
    };
    expect(isAuthentic(both, [publicKey], now)).toBe(true);
    expect(isAuthentic(message, [other.publicKey, publicKey], now)).toBe(true);
    expect(isAuthentic(message, [other.publicKey], now)).toBe(false);
    expect(isAuthentic(message, [], now)).toBe(false);
  });

  test.each<[string, Partial<SignedMessage>]>([
    ['no id', { id: undefined }],
    ['an empty id', { id: '' }],
    ['no time', { timestamp: undefined }],
    ['a time that is no number', { timestamp: '1614265330.0' }],
    ['no signature', { signature: undefined }],
    ['an empty signature', { signature: '' }],
    ['a signature without its variant', { signature: signed().signature.slice(4) }],
    ['its signature called symmetric', { signature: signed().signature.replace('v1a', 'v1') }],
    ['a signature of 63 bytes', { signature: `v1a,${Buffer.alloc(63).toString('base64')}` }],
    ['a signature of nothing but zeros', { signature: `v1a,${Buffer.alloc(64).toString('base64')}` }],
  ])('with %s is not believed', (_, change) => {
    expect(isAuthentic({ ...signed(), ...change }, [publicKey], now)).toBe(false);
  });

  test('whose id holds a full stop is not believed, so that no byte can move between the parts', () => {
    const message = signed({ id: 'msg_1', body: 'x' });
    const moved = { ...message, id: `msg_1.${seconds}`, timestamp: String(seconds) };
    expect(isAuthentic(moved, [publicKey], now)).toBe(false);
    expect(isAuthentic(signed({ id: 'msg_1.2' }), [publicKey], now)).toBe(false);
  });
});

describe('a public key', () => {
  test('is read as Standard Webhooks writes it', () => {
    const { x } = z.object({ x: z.string() }).parse(publicKey.export({ format: 'jwk' }));
    const key = parsePublicKey(`whpk_${Buffer.from(x, 'base64url').toString('base64')}`);
    expect(isAuthentic(signed(), [key], now)).toBe(true);
  });

  test('and a signature are those of RFC 8032, test 3', () => {
    // The algorithm itself, by the vector of its own standard: what v1a signs is a message like any other.
    const key = parsePublicKey(
      `whpk_${Buffer.from('fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025', 'hex').toString('base64')}`,
    );
    const seed = 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7';
    const der = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex');
    const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    expect(createPublicKey(secret).export({ format: 'jwk' })).toEqual(key.export({ format: 'jwk' }));
    expect(sign(null, Buffer.from('af82', 'hex'), secret).toString('hex')).toBe(
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac' +
        '18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    );
    expect(isAuthentic(signed({ key: secret }), [key], now)).toBe(true);
  });

  test.each(['', 'whpk_', 'whsk_AAAA', `whpk_${'A'.repeat(43)}`, `whpk_${Buffer.alloc(33).toString('base64')}`])(
    '%j is none',
    (text) => {
      expect(() => parsePublicKey(text)).toThrow(TypeError);
    },
  );
});
