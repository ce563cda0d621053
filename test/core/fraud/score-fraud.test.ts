import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newDay } from '../../../core/fraud/features/bursts.ts';
import type { ListEntry } from '../../../core/fraud/list-entry.ts';
import type { FraudMemory, Recalled } from '../../../core/fraud/ports.ts';
import { scoreFraud } from '../../../core/fraud/score-fraud.ts';
import { rolesAtFirst } from '../../../core/fraud/serving/model-roles.ts';
import type { ModelServer, NamedModel } from '../../../core/fraud/serving/serve-models.ts';
import { leafModel } from './serving/leaf-model.ts';

const now = new Date('2026-11-27T12:00:00.000Z');
const today = newDay(now.getTime() / 86_400_000);
const order = {
  ...{ paymentId: 'pay_1', fingerprint: 'card', sellerId: 'sel_1', buyerId: 'buyer', amount: 4200n, currency: 'EUR' },
  ...{ ip: '192.0.2.1', deviceId: 'device', billingCountry: 'DE', shippingCountry: 'DE' },
};

function memoryOf(recalled: Recalled | Error): FraudMemory {
  return {
    count: () => Promise.resolve({ card: today, device: today }),
    countDecline: () => Promise.resolve(),
    recall: () => (recalled instanceof Error ? Promise.reject(recalled) : Promise.resolve(recalled)),
  };
}

interface Served {
  readonly champion?: NamedModel;
  readonly challenger?: NamedModel | 'never comes';
  readonly shipped?: NamedModel;
}

const serverOf = ({ champion, challenger, shipped }: Served): ModelServer => ({
  shipped,
  champion: () => Promise.resolve(champion),
  challenger: () => (challenger === 'never comes' ? new Promise(() => undefined) : Promise.resolve(challenger)),
});

/** What is not there when everything else is comes too late. */
const inTime = <T>(work: Promise<T>): Promise<T | undefined> =>
  Promise.race([work.catch(() => undefined), new Promise<undefined>((resolve) => setImmediate(resolve, undefined))]);

const score = (served: Served, recalled: Recalled | Error = {}) =>
  scoreFraud(
    {
      memory: memoryOf(recalled),
      models: serverOf(served),
      inTime,
    },
    order,
    now,
  );

const champion = { id: 'shipped', model: leafModel(-4) };

describe('a challenger', () => {
  test('changes nothing of what is decided, whatever it says', async () => {
    const alone = await score({ champion });
    expect(alone).toMatchObject({
      assessment: { decision: 'approve', decidedBy: 'model' },
      models: { champion: 'shipped' },
    });
    await fc.assert(
      fc.asyncProperty(fc.double({ min: -50, max: 50, noNaN: true }), async (margin) => {
        const { models, ...rest } = await score({ champion, challenger: { id: 'mdl_a', model: leafModel(margin) } });
        expect(rest).toEqual({ assessment: alone.assessment, features: alone.features });
        const probability = 1 / (1 + Math.exp(-margin));
        expect(models?.challenger).toMatchObject({ model: 'mdl_a', score: expect.closeTo(probability, 4) });
      }),
    );
  });

  test('is told what would have been decided by its word', async () => {
    const { models } = await score({ champion, challenger: { id: 'mdl_a', model: leafModel(10) } });
    expect(models).toEqual({ champion: 'shipped', challenger: { model: 'mdl_a', score: 1, decision: 'decline' } });
  });
});

test('the models are asked for by the roles that are remembered with the rest', async () => {
  const asked: unknown[] = [];
  const ask = (model: NamedModel | undefined) => (roles: unknown) => {
    asked.push(roles);
    return Promise.resolve(model);
  };
  const models = { shipped: undefined, champion: ask(champion), challenger: ask(undefined) };
  const roles = { ...rolesAtFirst, champion: 'mdl_a', version: 3 };
  await scoreFraud({ memory: memoryOf({ roles }), models, inTime }, order, now);
  await scoreFraud({ memory: memoryOf({}), models, inTime }, order, now);
  expect(asked).toEqual([roles, roles, rolesAtFirst, rolesAtFirst]);
});

describe('a model that comes too late', () => {
  const listed: readonly ListEntry[] = [
    {
      ...{ id: 'fle_1', about: 'buyer', verdict: 'block', note: 'thief', createdBy: 'ada', version: 1 },
      createdAt: '2026-11-01T00:00:00.000Z',
    },
  ];
  test('as challenger changes nothing: neither the model nor the lists', async () => {
    const late = { champion, challenger: 'never comes' } as const;
    expect(await score(late)).toEqual(await score({ champion }));
    expect(await score(late, { listed })).toMatchObject({
      assessment: {
        decision: 'decline',
        reasons: expect.arrayContaining([expect.objectContaining({ code: 'listed' })]),
      },
      models: { champion: 'shipped' },
    });
  });

  test('as champion leaves the shipped one to decide, and lists to count', async () => {
    expect(await score({ shipped: champion })).toEqual(await score({ champion }));
    expect((await score({}, { listed })).assessment).toMatchObject({ decision: 'decline', decidedBy: 'rules' });
  });
});

test.each([
  ['there is no model', () => score({})],
  ['there is a challenger alone', () => score({ challenger: { id: 'mdl_a', model: leafModel(10) } })],
  ['nothing is remembered in time', () => score({ champion }, new Error('late'))],
])('the rules decide alone when %s, and no model is told to have scored', async (_, scored) => {
  const { assessment, models } = await scored();
  expect([assessment.decidedBy, assessment.decision, models]).toEqual(['rules', 'approve', undefined]);
});
