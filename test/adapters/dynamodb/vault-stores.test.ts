import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { dynamoCvcReplacer, dynamoCvcStore } from '../../../adapters/dynamodb/cvc-store.ts';
import { dynamoTokenizingCounter } from '../../../adapters/dynamodb/guard-store.ts';
import { dynamoTokenAdder, dynamoTokenRemover, dynamoTokenStore } from '../../../adapters/dynamodb/token-store.ts';
import type { SealedCvc, UsedEnvelope } from '../../../core/tokens/ports.ts';
import type { StoredToken } from '../../../core/tokens/token.ts';
import type { DynamoWorld } from './dynamo-world.ts';
import { dynoxide, givenDynamo, vaultTables } from './dynamo-world.ts';

const now = new Date('2026-11-22T10:15:30.123Z');
const tables = { tokensTableName: 'tokens', cvcTableName: 'cvcs', guardsTableName: 'guards' };
const describeWithServer = dynoxide === undefined ? describe.skip : describe;

let world: DynamoWorld;
let count = 0;

function after(seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000);
}

/** Bytes of the plain kind that the SDK answers. */
function bytes(size: number): Uint8Array {
  return Uint8Array.from(randomBytes(size));
}

function sealed() {
  return { nonce: bytes(12), ciphertext: bytes(80), tag: bytes(16) };
}

function givenStoredToken(part: Partial<StoredToken> = {}): StoredToken {
  count += 1;
  return {
    id: `tok_${String(count).padStart(26, '0')}`,
    ownerId: `owner-${String(count)}`,
    brand: 'visa',
    funding: 'credit',
    bin: '424242',
    last4: '4242',
    expMonth: 12,
    expYear: 2030,
    fingerprint: { version: 1, value: 'fingerprint' },
    createdAt: now.toISOString(),
    version: 1,
    wrappedKey: bytes(184),
    sealedCard: sealed(),
    ...part,
  };
}

function givenCvc(tokenId: string, expiresAt = after(900)): SealedCvc {
  return { tokenId, sealed: sealed(), expiresAt };
}

function givenUse(): UsedEnvelope {
  count += 1;
  return { kid: 'current', jti: `jti-${String(count)}`, staleAt: after(600) };
}

describeWithServer(`the vault's stores${dynoxide === undefined ? ' (no dynoxide for this machine)' : ''}`, () => {
  beforeAll(async () => {
    world = await givenDynamo(vaultTables);
  });
  afterAll(() => world.close());

  describe('dynamoTokenAdder', () => {
    test('keeps token, code and the use of the envelope', async () => {
      const token = givenStoredToken();
      const cvc = givenCvc(token.id);
      expect(await dynamoTokenAdder(world.client, tables).add(token, cvc, givenUse())).toEqual({ kind: 'added' });
      expect(await dynamoTokenStore(world.client, 'tokens').find(token.id)).toEqual(token);
      expect(await dynamoCvcStore(world.client, 'cvcs').take(token.id, now)).toEqual(cvc.sealed);
    });

    test('keeps nothing when the envelope was used: of eight at once one is added', async () => {
      const adder = dynamoTokenAdder(world.client, tables);
      const envelope = givenUse();
      const tokens = Array.from({ length: 8 }, () => givenStoredToken());
      const results = await Promise.all(tokens.map((token) => adder.add(token, givenCvc(token.id), envelope)));
      expect(results.filter(({ kind }) => kind === 'added')).toHaveLength(1);
      expect(results.filter(({ kind }) => kind === 'envelopeUsed')).toHaveLength(7);
      const ids = new Set(tokens.map(({ id }) => id));
      const isOfThese = ({ pk }: Record<string, unknown>) => ids.has(String(pk));
      expect((await world.items('tokens')).filter(isOfThese)).toHaveLength(1);
      expect((await world.items('cvcs')).filter(isOfThese)).toHaveLength(1);
    });

    test('does not replace a token, though the guard of its envelope was reaped', async () => {
      const adder = dynamoTokenAdder(world.client, tables);
      const token = givenStoredToken();
      await adder.add(token, undefined, givenUse());
      expect(await adder.add({ ...token, last4: '0000' }, undefined, givenUse())).toEqual({ kind: 'envelopeUsed' });
      expect((await dynamoTokenStore(world.client, 'tokens').find(token.id))?.last4).toBe('4242');
    });

    test('keeps the guard until the envelope is stale, and an hour more', async () => {
      const envelope = givenUse();
      const before = new Set((await world.items('guards')).map(({ pk }) => pk));
      await dynamoTokenAdder(world.client, tables).add(givenStoredToken(), undefined, envelope);
      const guard = (await world.items('guards')).find(({ pk }) => !before.has(pk));
      expect(guard).toEqual({
        pk: expect.stringMatching(/^envelope#[0-9a-z]{26}$/u) as unknown,
        expiresAt: Math.floor(after(600).getTime() / 1000) + 3600,
      });
    });
  });

  describe('dynamoCvcStore', () => {
    const codes = () => dynamoCvcStore(world.client, 'cvcs');

    async function givenKeptCode(expiresAt: Date): Promise<string> {
      const token = givenStoredToken();
      await dynamoCvcReplacer(world.client, tables).replace(givenCvc(token.id, expiresAt), givenUse());
      return token.id;
    }

    test('gives a code out once, and it is gone from the table', async () => {
      const tokenId = await givenKeptCode(after(900));
      const taken = await Promise.all(Array.from({ length: 5 }, () => codes().take(tokenId, now)));
      expect(taken.filter((one) => one !== undefined)).toHaveLength(1);
      expect((await world.items('cvcs')).filter(({ pk }) => pk === tokenId)).toEqual([]);
    });

    test('gives no code out once it has expired, and deletes it all the same', async () => {
      const tokenId = await givenKeptCode(new Date('2026-11-22T10:30:00.000Z'));
      expect(await codes().take(tokenId, new Date('2026-11-22T10:30:00.000Z'))).toBeUndefined();
      expect((await world.items('cvcs')).filter(({ pk }) => pk === tokenId)).toEqual([]);
      const inTime = await givenKeptCode(new Date('2026-11-22T10:30:00.000Z'));
      expect(await codes().take(inTime, new Date('2026-11-22T10:29:59.999Z'))).toBeDefined();
    });

    test('never lets one live longer than meant, by no fraction of a second', async () => {
      const tokenId = await givenKeptCode(new Date('2026-11-22T10:30:00.900Z'));
      expect(await codes().take(tokenId, new Date('2026-11-22T10:30:00.901Z'))).toBeUndefined();
    });

    test('keeps the newest code of a card, and takes an envelope once for both uses', async () => {
      const token = givenStoredToken();
      const replacer = dynamoCvcReplacer(world.client, tables);
      const envelope = givenUse();
      await dynamoTokenAdder(world.client, tables).add(token, givenCvc(token.id), envelope);
      const second = givenCvc(token.id);
      expect(await replacer.replace(givenCvc(token.id), envelope)).toEqual({ kind: 'envelopeUsed' });
      expect(await replacer.replace(second, givenUse())).toEqual({ kind: 'replaced' });
      expect(await codes().take(token.id, now)).toEqual(second.sealed);
    });
  });

  describe('dynamoTokenRemover', () => {
    test("removes the owner's token with its code, and a stranger's not", async () => {
      const remover = dynamoTokenRemover(world.client, tables);
      const token = givenStoredToken();
      await dynamoTokenAdder(world.client, tables).add(token, givenCvc(token.id), givenUse());
      expect(await remover.remove(token.id, 'stranger')).toBe(false);
      expect(await dynamoTokenStore(world.client, 'tokens').find(token.id)).toBeDefined();
      expect(await remover.remove(token.id, token.ownerId)).toBe(true);
      expect(await dynamoTokenStore(world.client, 'tokens').find(token.id)).toBeUndefined();
      expect((await world.items('cvcs')).filter(({ pk }) => pk === token.id)).toEqual([]);
      expect(await remover.remove(token.id, token.ownerId)).toBe(false);
    });
  });

  describe('dynamoTokenStore', () => {
    const ownerId = 'lister';
    const ids: string[] = [];

    beforeEach(async () => {
      if (ids.length > 0) return;
      for (let index = 0; index < 5; index += 1) {
        const token = givenStoredToken({ ownerId, createdAt: after(index).toISOString() });
        await dynamoTokenAdder(world.client, tables).add(token, undefined, givenUse());
        ids.unshift(token.id);
      }
    });

    test("lists an owner's tokens newest first, page by page, without what is sealed", async () => {
      const store = dynamoTokenStore(world.client, 'tokens');
      const first = await store.listByOwner(ownerId, 3, undefined);
      const second = await store.listByOwner(ownerId, 3, first.next);
      expect([...first.tokens, ...second.tokens].map(({ id }) => id)).toEqual(ids);
      expect(second.next).toBeUndefined();
      expect(Object.keys(first.tokens[0] ?? {}).sort()).toEqual([
        'bin',
        'brand',
        'createdAt',
        'expMonth',
        'expYear',
        'funding',
        'id',
        'last4',
        'ownerId',
        'version',
      ]);
    });

    test('says that there is no more when a page ends with the last token', async () => {
      expect((await dynamoTokenStore(world.client, 'tokens').listByOwner(ownerId, 5, undefined)).next).toBeUndefined();
    });

    test('lists nothing of strangers', async () => {
      expect(await dynamoTokenStore(world.client, 'tokens').listByOwner('nobody', 5, undefined)).toEqual({
        tokens: [],
        next: undefined,
      });
    });
  });

  describe('dynamoTokenizingCounter', () => {
    test('counts up to the limit per caller, BIN and hour, many at once', async () => {
      const counter = dynamoTokenizingCounter(world.client, 'guards', 3);
      const counted = await Promise.all(Array.from({ length: 10 }, () => counter.count('ada', '424242', now)));
      expect(counted.filter(Boolean)).toHaveLength(3);
      expect(await counter.count('ada', '555555', now)).toBe(true);
      expect(await counter.count('bob', '424242', now)).toBe(true);
      expect(await counter.count('ada', '424242', after(3600))).toBe(true);
    });

    test('names nobody in its key, and forgets an hour after the window', async () => {
      await dynamoTokenizingCounter(world.client, 'guards', 3).count('carol', '400005', now);
      const guards = await world.items('guards');
      expect(JSON.stringify(guards)).not.toMatch(/carol|400005/u);
      const windowEnd = new Date('2026-11-22T11:00:00Z').getTime() / 1000;
      expect(guards.filter(({ cards }) => cards !== undefined).map(({ expiresAt }) => expiresAt)).toContain(
        windowEnd + 3600,
      );
    });
  });
});
