import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openEnvelope } from '../../../core/tokens/open-envelope.ts';
import type { FakeVault } from './fake-vault.ts';
import { after, givenEnvelope, givenVault, now, visa } from './fake-vault.ts';

const refused = { kind: 'invalidEnvelope' };
const seconds = Math.floor(now.getTime() / 1000);

async function whenOpened(jwe: string, at: Date = now, vault: FakeVault = givenVault()) {
  return openEnvelope(vault, { jwe, now: at });
}

/** The envelope with one of its five parts replaced. */
function withPart(jwe: string, part: 0 | 1 | 2 | 3 | 4, change: (text: string) => string): string {
  return jwe
    .split('.')
    .map((text, index) => (index === part ? change(text) : text))
    .join('.');
}

function changedBytes(change: (bytes: Buffer) => Buffer): (text: string) => string {
  return (text) => change(Buffer.from(text, 'base64url')).toString('base64url');
}

describe('an envelope that a page made for us', () => {
  test('opens, and names what it uses up', async () => {
    const opened = await whenOpened(givenEnvelope({ header: { jti: 'once' } }));
    expect(opened).toEqual({
      kind: 'opened',
      plaintext: Buffer.from(JSON.stringify(visa)),
      envelope: { kid: 'current', jti: 'once', staleAt: new Date((seconds + 600) * 1000) },
    });
  });

  test('opens whatever the order of its header and the blanks in it', async () => {
    const headerText = `{ "jti": "a", "iat": ${String(seconds)},\n "kid": "current", "enc": "A256GCM", "alg": "RSA-OAEP-256" }`;
    expect((await whenOpened(givenEnvelope({ headerText }))).kind).toBe('opened');
  });

  test.each([
    ['when it was made', 0, 'opened'],
    ['just before ten minutes are over', 599, 'opened'],
    ['after ten minutes', 600.877, 'invalidEnvelope'],
    ['a day later', 86_400, 'invalidEnvelope'],
    ['a minute before it says it was made, for clocks that run ahead', -60, 'opened'],
    ['more than a minute before it says it was made', -61.2, 'invalidEnvelope'],
  ])('%s: %s seconds, %s', async (_name, age, kind) => {
    expect((await whenOpened(givenEnvelope(), after(age))).kind).toBe(kind);
  });

  test('opens for a retired key for 24 hours, and then no more', async () => {
    const vault = givenVault({ keys: [{ kid: 'current' }, { kid: 'old', retiredAt: after(-86_399) }] });
    const jwe = givenEnvelope({ kid: 'old' });
    expect((await whenOpened(jwe, now, vault)).kind).toBe('opened');
    expect(await whenOpened(jwe, after(1), vault)).toEqual(refused);
  });
});

describe('refused, all alike', () => {
  test.each<readonly [string, Readonly<Record<string, unknown>>]>([
    ['another key algorithm', { alg: 'RSA-OAEP' }],
    ['RSA1_5', { alg: 'RSA1_5' }],
    ['dir', { alg: 'dir' }],
    ['none', { alg: 'none' }],
    ['an algorithm in another case', { alg: 'rsa-oaep-256' }],
    ['a list of algorithms', { alg: ['RSA-OAEP-256'] }],
    ['another content cipher', { enc: 'A128GCM' }],
    ['a CBC cipher', { enc: 'A256CBC-HS512' }],
    ['zip', { zip: 'DEF' }],
    ['crit', { crit: ['exp'] }],
    ['an empty crit', { crit: [] }],
    ['typ', { typ: 'JWT' }],
    ['cty', { cty: 'JWT' }],
    ['a key brought along', { jwk: { kty: 'RSA' } }],
    ['an address of a key', { jku: 'https://example.com' }],
    ['an unknown member', { hello: 1 }],
    ['a prototype', { ['__proto__x']: {} }],
    ['no kid', { kid: undefined }],
    ['no iat', { iat: undefined }],
    ['no jti', { jti: undefined }],
    ['an empty jti', { jti: '' }],
    ['a jti beyond bounds', { jti: 'j'.repeat(129) }],
    ['a jti with blanks', { jti: 'a b' }],
    ['iat as text', { iat: String(seconds) }],
    ['iat with a fraction', { iat: seconds + 0.5 }],
    ['iat in milliseconds', { iat: seconds * 1000 }],
    ['an iat before the epoch', { iat: -1 }],
    ['an unknown kid', { kid: 'somebody-elses' }],
  ])('a header with %s', async (_name, header) => {
    const vault = givenVault();
    expect(await whenOpened(givenEnvelope({ header }), now, vault)).toEqual(refused);
    expect(vault.keyCalls).toEqual([]);
  });

  test.each([
    ['no JSON', 'alg'],
    ['null', 'null'],
    ['an array', '[]'],
    [
      'a member named twice',
      `{"alg":"dir","alg":"RSA-OAEP-256","enc":"A256GCM","kid":"current","iat":${String(seconds)},"jti":"a"}`,
    ],
    [
      'a number named twice',
      `{"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"current","iat":1,"iat":${String(seconds)},"jti":"a"}`,
    ],
    [
      'an escaped name',
      `{"\\u0061lg":"RSA-OAEP-256","enc":"A256GCM","kid":"current","iat":${String(seconds)},"jti":"a"}`,
    ],
    [
      'a byte order mark',
      `\uFEFF{"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"current","iat":${String(seconds)},"jti":"a"}`,
    ],
    [
      'more than 512 bytes',
      `{${' '.repeat(500)}"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"current","iat":${String(seconds)},"jti":"a"}`,
    ],
  ])('a header that is or has %s', async (_name, headerText) => {
    expect(await whenOpened(givenEnvelope({ headerText }))).toEqual(refused);
  });

  test.each<readonly [string, (jwe: string) => string]>([
    ['nothing', () => ''],
    ['dots alone', () => '....'],
    ['four parts', (jwe) => jwe.split('.').slice(0, 4).join('.')],
    ['six parts', (jwe) => `${jwe}.AAAA`],
    ['a part too many in front', (jwe) => `.${jwe}`],
    ['JSON serialization', (jwe) => JSON.stringify({ protected: jwe.split('.')[0], ciphertext: jwe.split('.')[3] })],
    ['a blank at its end', (jwe) => `${jwe} `],
    ['a line break', (jwe) => `${jwe}\n`],
    ['padding', (jwe) => withPart(jwe, 4, (text) => `${text}==`)],
    ['the other base64 alphabet', (jwe) => withPart(jwe, 1, () => Buffer.alloc(384, 0xff).toString('base64'))],
    ['stray bits in the tag', (jwe) => withPart(jwe, 4, (text) => text.slice(0, -1) + nextCharacter(text.slice(-1)))],
    ['a character that is no base64', (jwe) => withPart(jwe, 3, (text) => `${text.slice(0, -1)}é`)],
    ['an empty key', (jwe) => withPart(jwe, 1, () => '')],
    [
      'a key that is too short',
      (jwe) =>
        withPart(
          jwe,
          1,
          changedBytes((bytes) => bytes.subarray(1)),
        ),
    ],
    [
      'a key of 2048 bits',
      (jwe) =>
        withPart(
          jwe,
          1,
          changedBytes((bytes) => bytes.subarray(128)),
        ),
    ],
    [
      'a key that is too long',
      (jwe) =>
        withPart(
          jwe,
          1,
          changedBytes((bytes) => Buffer.concat([Buffer.alloc(1), bytes])),
        ),
    ],
    ['no nonce', (jwe) => withPart(jwe, 2, () => '')],
    ['no content', (jwe) => withPart(jwe, 3, () => '')],
    ['no tag', (jwe) => withPart(jwe, 4, () => '')],
    [
      'a tag of 12 bytes',
      (jwe) =>
        withPart(
          jwe,
          4,
          changedBytes((bytes) => bytes.subarray(0, 12)),
        ),
    ],
    [
      'a tag of 15 bytes',
      (jwe) =>
        withPart(
          jwe,
          4,
          changedBytes((bytes) => bytes.subarray(0, 15)),
        ),
    ],
    [
      'a tag of 17 bytes',
      (jwe) =>
        withPart(
          jwe,
          4,
          changedBytes((bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
        ),
    ],
    ['the content of another', (jwe) => withPart(jwe, 3, () => givenEnvelope().split('.')[3] ?? '')],
    ['the header of another', (jwe) => withPart(jwe, 0, () => givenEnvelope().split('.')[0] ?? '')],
    ['the content key of another', (jwe) => withPart(jwe, 1, () => givenEnvelope().split('.')[1] ?? '')],
  ])('an envelope with %s', async (_name, change) => {
    expect(await whenOpened(change(givenEnvelope()))).toEqual(refused);
  });

  test('an envelope of more than 4,096 characters, before anything of it is parsed', async () => {
    const vault = givenVault();
    expect(await whenOpened(givenEnvelope({ plaintext: Buffer.alloc(3000) }), now, vault)).toEqual(refused);
    expect(await whenOpened('.'.repeat(60_000), now, vault)).toEqual(refused);
    expect(vault.keyCalls).toEqual([]);
  });

  test('more than 1,024 bytes of content', async () => {
    expect(await whenOpened(givenEnvelope({ plaintext: Buffer.alloc(1025, 32) }))).toEqual(refused);
    expect((await whenOpened(givenEnvelope({ plaintext: Buffer.alloc(1024, 32) }))).kind).toBe('opened');
  });

  test.each([0, 1, 256, 383, 385, 512])('a wrapped key of %s bytes, which the key service never sees', async (size) => {
    const vault = givenVault();
    const jwe = withPart(givenEnvelope(), 1, () => Buffer.alloc(size, 1).toString('base64url'));
    expect(await whenOpened(jwe, now, vault)).toEqual(refused);
    expect(vault.keyCalls).toEqual([]);
  });

  test('an envelope that was made for another of our keys', async () => {
    const vault = givenVault({ keys: [{ kid: 'current' }, { kid: 'old', retiredAt: now }] });
    const relabelled = givenEnvelope({ kid: 'old', header: { kid: 'current' } });
    expect(await whenOpened(relabelled, now, vault)).toEqual(refused);
    expect(vault.keyCalls).toEqual(['unwrap current']);
  });

  test('a content key of another length', async () => {
    expect(await whenOpened(givenEnvelope({ contentKey: Buffer.alloc(16, 1) }))).toEqual(refused);
  });

  test('a nonce of another length', async () => {
    expect(await whenOpened(givenEnvelope({ nonceBytes: 16 }))).toEqual(refused);
    expect(await whenOpened(givenEnvelope({ nonceBytes: 8 }))).toEqual(refused);
  });

  test('a key that does not open costs the same work as one that does: the content is tried with a random one', async () => {
    const vault = givenVault();
    const sizes: number[] = [];
    const random = (size: number) => {
      sizes.push(size);
      return vault.random(size);
    };
    const jwe = givenEnvelope();
    await openEnvelope({ ...vault, random }, { jwe, now });
    await openEnvelope(
      { ...vault, random },
      {
        jwe: withPart(
          jwe,
          1,
          changedBytes((bytes) => bytes.fill(1, 9, 10)),
        ),
        now,
      },
    );
    expect(sizes).toEqual([32, 32]);
    expect(vault.keyCalls).toEqual(['unwrap current', 'unwrap current']);
  });

  test('any envelope of which one bit was changed', async () => {
    const vault = givenVault();
    const jwe = givenEnvelope();
    const bit = fc.tuple(fc.integer({ min: 0, max: jwe.length - 1 }), fc.integer({ min: 0, max: 7 }));
    await fc.assert(
      fc.asyncProperty(bit, async ([position, shift]) => {
        const bytes = Buffer.from(jwe, 'latin1');
        bytes.writeUInt8(bytes.readUInt8(position) ^ (1 << shift), position);
        expect(await whenOpened(bytes.toString('latin1'), now, vault)).toEqual(refused);
      }),
      { numRuns: 300 },
    );
  });

  test('any text at all', async () => {
    const vault = givenVault();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) => {
        expect(await whenOpened(text, now, vault)).toEqual(refused);
      }),
    );
  });

  test('but a key service that does not answer is no bad envelope', async () => {
    const vault = givenVault();
    const keyring = { ...vault.keyring, unwrapContentKey: () => Promise.reject(new Error('ThrottlingException')) };
    await expect(openEnvelope({ ...vault, keyring }, { jwe: givenEnvelope(), now })).rejects.toThrow('Throttling');
  });
});

/** The next character of the alphabet: for the last one of a tag it changes bits that decoders drop. */
function nextCharacter(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet.charAt(alphabet.indexOf(character) + 1);
}
