import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ProfileBook } from '../../../core/fraud/ports.ts';
import type { Profile } from '../../../core/fraud/profile.ts';
import type { Remembered } from '../../../core/fraud/remember.ts';
import { rememberAll, rememberedPayment } from '../../../core/fraud/remember.ts';

/** Keeps profiles as a table does, and lets others write in between now and then. */
function fakeBook(refusals: readonly boolean[] = []) {
  const profiles = new Map<string, Profile>();
  let writes = 0;
  const key = ({ kind, id }: Pick<Profile, 'kind' | 'id'>) => `${kind} ${id}`;
  const book: ProfileBook = {
    read: (wanted) => Promise.resolve(wanted.flatMap((each) => profiles.get(key(each)) ?? [])),
    write: (profile) => {
      writes += 1;
      const stands = profiles.get(key(profile))?.version ?? 0;
      if (refusals[writes] === true || stands !== profile.version - 1) return Promise.resolve('changed');
      profiles.set(key(profile), profile);
      return Promise.resolve('written');
    },
  };
  return { book, profiles, writes: () => writes };
}

const payment = (index: number, seller: number): Remembered =>
  rememberedPayment(
    {
      ...{ paymentId: `pay_${index}`, fingerprint: `card-${index % 3}`, sellerId: `sel_${seller}`, buyerId: 'buyer' },
      ...{ amount: BigInt(1000 + index), currency: 'EUR', ip: '10.0.0.1', deviceId: 'device' },
      ...{ billingCountry: 'DE', shippingCountry: 'DE' },
    },
    new Date(Date.UTC(2026, 10, 22) + index * 60_000),
  );
const backOff = () => Promise.resolve();

describe('profiles', () => {
  test('come out the same however often they are told, in whatever batches, and whoever else writes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 10 }),
        fc.array(fc.boolean(), { maxLength: 8 }),
        async (count, sizes, refusals) => {
          const all = Array.from({ length: count }, (_, index) => payment(index, index % 2));
          const once = fakeBook();
          await rememberAll({ ...once, backOff }, all);
          const often = fakeBook(refusals);
          for (let at = 0, batch = 0; at < count; batch += 1) {
            const size = sizes[batch % sizes.length] ?? 1;
            const part = all.slice(at, at + size);
            await rememberAll({ ...often, backOff }, [...part, ...part]);
            await rememberAll({ ...often, backOff }, part);
            at += size;
          }
          const valuesOf = ({ profiles }: typeof once) =>
            new Map([...profiles].map(([key, { value }]) => [key, value]));
          expect(valuesOf(often)).toEqual(valuesOf(once));
        },
      ),
      { numRuns: 100 },
    );
  });

  test('are written once for many payments', async () => {
    const { book, writes } = fakeBook();
    await rememberAll(
      { book, backOff },
      Array.from({ length: 50 }, (_, index) => payment(index, 1)),
    );
    // Three cards, and one each of seller, buyer and address.
    expect(writes()).toBe(6);
  });

  test('are written a few at a time, however many a batch changes', async () => {
    const { book, writes } = fakeBook();
    let [underWay, most] = [0, 0];
    const slowBook: ProfileBook = {
      ...book,
      write: async (profile) => {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        return book.write(profile);
      },
    };
    await rememberAll(
      { book: slowBook, backOff },
      Array.from({ length: 100 }, (_, index) => payment(index, index)),
    );
    // Three cards, a hundred sellers, one buyer and one address.
    expect([writes(), most]).toEqual([105, 32]);
  });

  test('that others write each time are given up with an error, for the stream to tell again', async () => {
    const { book } = fakeBook(Array.from({ length: 100 }, () => true));
    await expect(rememberAll({ book, backOff }, [payment(1, 1)])).rejects.toThrow('changed by others');
  });
});
