import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newDay } from '../../../core/fraud/features/bursts.ts';
import type { FraudMemory, Recalled } from '../../../core/fraud/ports.ts';
import { scoreFraud } from '../../../core/fraud/score-fraud.ts';
import { rolesAtFirst } from '../../../core/fraud/serving/model-roles.ts';
import type { ServedModels } from '../../../core/fraud/serving/serve-models.ts';
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

const score = (served: ServedModels, recalled: Recalled | Error = {}) =>
  scoreFraud(
    {
      memory: memoryOf(recalled),
      serve: () => Promise.resolve(served),
      inTime: (work) => work.catch(() => undefined),
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
  const serve = (roles: unknown) => {
    asked.push(roles);
    return Promise.resolve({ champion });
  };
  const roles = { ...rolesAtFirst, champion: 'mdl_a', version: 3 };
  const inTime = <T>(work: Promise<T>) => work;
  await scoreFraud({ memory: memoryOf({ roles }), serve, inTime }, order, now);
  await scoreFraud({ memory: memoryOf({}), serve, inTime }, order, now);
  expect(asked).toEqual([roles, rolesAtFirst]);
});

test.each([
  ['there is no model', () => score({})],
  ['there is a challenger alone', () => score({ challenger: { id: 'mdl_a', model: leafModel(10) } })],
  ['nothing is remembered in time', () => score({ champion }, new Error('late'))],
])('the rules decide alone when %s, and no model is told to have scored', async (_, scored) => {
  const { assessment, models } = await scored();
  expect([assessment.decidedBy, assessment.decision, models]).toEqual(['rules', 'approve', undefined]);
});
