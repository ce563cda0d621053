import {
  constants,
  createCipheriv,
  createHmac,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Principal } from '../../../core/access/principal.ts';
import { openBytes, sealBytes } from '../../../core/tokens/aes-gcm.ts';
import type { CreateTokenDependencies } from '../../../core/tokens/create-token.ts';
import type {
  CvcReplacer,
  CvcTaker,
  DataKeyUnwrapper,
  EnvelopeKey,
  SealedCvc,
  TokenLister,
  TokenReader,
  TokenRemover,
  UsedEnvelope,
} from '../../../core/tokens/ports.ts';
import { testBins } from '../../../core/tokens/test-bins.ts';
import type { SealedBytes, StoredToken } from '../../../core/tokens/token.ts';

export const now = new Date('2026-11-22T10:15:30.123Z');
export const ada: Principal = { kind: 'user', id: 'ada', scopes: ['tokens/write'], groups: ['buyers'] };
export const bob: Principal = { kind: 'user', id: 'bob', scopes: ['tokens/write'], groups: ['buyers'] };

export const visa = { number: '4242424242424242', expMonth: 12, expYear: 2030, cvc: '123', holderName: 'Ada Lovelace' };

/** A moment so many seconds after `now`. */
export function after(seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000);
}

const keyPairs = new Map<string, { readonly publicKey: KeyObject; readonly privateKey: KeyObject }>();

/** The key pair of this name; made once, since making one takes a while. */
function keyPair(kid: string) {
  const pair = keyPairs.get(kid) ?? generateKeyPairSync('rsa', { modulusLength: 3072 });
  keyPairs.set(kid, pair);
  return pair;
}

export interface EnvelopeParts {
  /** Members that replace or join the usual ones; undefined takes one out. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** The header's text in place of all that. */
  readonly headerText?: string;
  readonly kid?: string;
  readonly content?: unknown;
  readonly plaintext?: Buffer;
  readonly contentKey?: Buffer;
  readonly nonceBytes?: number;
}

let envelopes = 0;

/** An envelope as a page would make it, written apart from the product's own client, and wrong where a test wants. */
export function givenEnvelope(parts: EnvelopeParts = {}): string {
  const { kid = 'current', contentKey = randomBytes(32), nonceBytes = 12 } = parts;
  envelopes += 1;
  const usual = {
    alg: 'RSA-OAEP-256',
    enc: 'A256GCM',
    kid,
    iat: Math.floor(now.getTime() / 1000),
    jti: `envelope-${String(envelopes)}`,
  };
  const header = Buffer.from(parts.headerText ?? JSON.stringify({ ...usual, ...parts.header })).toString('base64url');
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(contentKey.length === 16 ? 'aes-128-gcm' : 'aes-256-gcm', contentKey, nonce);
  cipher.setAAD(Buffer.from(header));
  const plaintext = parts.plaintext ?? Buffer.from(JSON.stringify(parts.content ?? visa));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const encryptedKey = publicEncrypt(
    { key: keyPair(kid).publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    contentKey,
  );
  return [
    header,
    ...[encryptedKey, nonce, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url')),
  ].join('.');
}

export interface FakeVault extends CreateTokenDependencies {
  readonly tokens: CreateTokenDependencies['tokens'] & TokenReader & TokenLister & TokenRemover;
  readonly cvcs: CvcReplacer & CvcTaker;
  readonly dataKeys: CreateTokenDependencies['dataKeys'] & DataKeyUnwrapper;
  /** Everything that lasts, as a thief of the tables would find it. */
  stolen(): string;
  readonly stored: Map<string, StoredToken>;
  readonly storedCvcs: Map<string, SealedCvc>;
  /** What was asked of the key service, in order. */
  readonly keyCalls: string[];
}

/** The vault's ports over node:crypto and maps; each write is checked and done in one turn, as a transaction is. */
export function givenVault({
  keys = [{ kid: 'current' }],
  limitPerHour = 100,
}: { readonly keys?: readonly EnvelopeKey[]; readonly limitPerHour?: number } = {}): FakeVault {
  const stored = new Map<string, StoredToken>();
  const storedCvcs = new Map<string, SealedCvc>();
  const used = new Set<string>();
  const keyCalls: string[] = [];
  const useUp = ({ kid, jti }: UsedEnvelope) => {
    const isNew = !used.has(`${kid} ${jti}`);
    used.add(`${kid} ${jti}`);
    return isNew;
  };
  return {
    stored,
    storedCvcs,
    keyCalls,
    stolen: () => JSON.stringify([[...stored], [...storedCvcs], [...used]], revealBytes),
    keyring: fakeKeyring(keys, keyCalls),
    counter: fakeCounter(limitPerHour),
    bins: testBins,
    fingerprinter: fakeFingerprinter(keyCalls),
    dataKeys: fakeDataKeys(keyCalls),
    random: randomBytes,
    tokens: {
      add: async (token, cvc, envelope) => {
        await Promise.resolve();
        if (!useUp(envelope)) return { kind: 'envelopeUsed' };
        stored.set(token.id, token);
        if (cvc) storedCvcs.set(cvc.tokenId, cvc);
        return { kind: 'added' };
      },
      find: (id) => Promise.resolve(stored.get(id)),
      listByOwner: (ownerId, limit, from) => Promise.resolve(listPage([...stored.values()], ownerId, limit, from?.id)),
      remove: (id, ownerId) => {
        if (stored.get(id)?.ownerId !== ownerId) return Promise.resolve(false);
        storedCvcs.delete(id);
        return Promise.resolve(stored.delete(id));
      },
    },
    cvcs: {
      replace: (cvc, envelope) => {
        if (!useUp(envelope)) return Promise.resolve({ kind: 'envelopeUsed' });
        storedCvcs.set(cvc.tokenId, cvc);
        return Promise.resolve({ kind: 'replaced' });
      },
      take: (tokenId, at) => Promise.resolve(takeCvc(storedCvcs, tokenId, at)),
    },
  };
}

function takeCvc(storedCvcs: Map<string, SealedCvc>, tokenId: string, at: Date): SealedBytes | undefined {
  const found = storedCvcs.get(tokenId);
  if (!found || found.expiresAt <= at) return undefined;
  storedCvcs.delete(tokenId);
  return found.sealed;
}

function listPage(tokens: readonly StoredToken[], ownerId: string, limit: number, behind: string | undefined) {
  const own = tokens.filter((token) => token.ownerId === ownerId).sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  const start = own.findIndex(({ id }) => id === behind) + 1;
  const page = own.slice(start, start + limit);
  return { tokens: page, next: own.length > start + limit ? page.at(-1) : undefined };
}

function fakeKeyring(keys: readonly EnvelopeKey[], keyCalls: string[]): FakeVault['keyring'] {
  return {
    keys,
    unwrapContentKey: (kid, encryptedKey) => {
      keyCalls.push(`unwrap ${kid}`);
      const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
      try {
        return Promise.resolve(privateDecrypt({ key: keyPair(kid).privateKey, ...padding }, encryptedKey));
      } catch {
        return Promise.resolve(undefined);
      }
    },
  };
}

function fakeCounter(limitPerHour: number): FakeVault['counter'] {
  const counts = new Map<string, number>();
  return {
    count: (ownerId, bin, at) => {
      const window = `${ownerId} ${bin} ${at.toISOString().slice(0, 13)}`;
      const count = counts.get(window) ?? 0;
      if (count >= limitPerHour) return Promise.resolve(false);
      counts.set(window, count + 1);
      return Promise.resolve(true);
    },
  };
}

function fakeFingerprinter(keyCalls: string[]): FakeVault['fingerprinter'] {
  return {
    fingerprint: (number) => {
      keyCalls.push('fingerprint');
      return Promise.resolve({ version: 1, value: createHmac('sha256', 'key').update(number).digest('base64url') });
    },
  };
}

function fakeDataKeys(keyCalls: string[]): FakeVault['dataKeys'] {
  const vaultKey = randomBytes(32);
  return {
    generate: (tokenId) => {
      keyCalls.push(`generate ${tokenId}`);
      const plaintext = randomBytes(32);
      const { nonce, ciphertext, tag } = sealBytes(vaultKey, plaintext, Buffer.from(tokenId), randomBytes);
      return Promise.resolve({ plaintext, wrapped: Buffer.concat([nonce, ciphertext, tag]) });
    },
    unwrap: (tokenId, wrapped) => {
      const parts = { nonce: wrapped.subarray(0, 12), ciphertext: wrapped.subarray(12, 44), tag: wrapped.subarray(44) };
      const plaintext = openBytes(vaultKey, parts, Buffer.from(tokenId));
      if (!plaintext) return Promise.reject(new Error('InvalidCiphertextException'));
      return Promise.resolve(plaintext);
    },
  };
}

/** Bytes in the forms in which something could hide in them: text, hex and base64. */
function revealBytes(_key: string, value: unknown): unknown {
  const isBuffer = typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
  const bytes = value instanceof Uint8Array ? Buffer.from(value) : isBuffer ? Buffer.from(value as never) : undefined;
  return bytes ? [bytes.toString('latin1'), bytes.toString('hex'), bytes.toString('base64')] : value;
}

/** The forms of a secret that must appear nowhere. */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    bytes.toString('hex'),
    bytes.toString('base64').replace(/=+$/u, ''),
    secret.slice(0, 10),
    secret.slice(-10),
  ];
}
