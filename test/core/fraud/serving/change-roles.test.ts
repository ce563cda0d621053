import { describe, expect, test } from '@jest/globals';
import { ModelNotSound } from '../../../../core/fraud/model/expect-sound.ts';
import type { FraudModel } from '../../../../core/fraud/model/fraud-model.ts';
import {
  challenge,
  modelIdOf,
  promote,
  rollBack,
  RolesContended,
} from '../../../../core/fraud/serving/change-roles.ts';
import type { ModelRoles } from '../../../../core/fraud/serving/model-roles.ts';
import { rolesAtFirst } from '../../../../core/fraud/serving/model-roles.ts';
import type { ModelBook, ModelRecord } from '../../../../core/fraud/serving/ports.ts';
import { leafModel } from './leaf-model.ts';

const authorship = { by: 'ada', at: '2026-11-27T12:00:00.000Z' };

function givenBook() {
  let roles: ModelRoles = rolesAtFirst;
  const kept = new Map<string, ModelRecord & { readonly model: FraudModel }>();
  let [lost, rivals] = [0, 0];
  const book: ModelBook = {
    roles: () => Promise.resolve(roles),
    writeRoles: (next) => {
      if (rivals > 0) {
        rivals -= 1;
        roles = { ...roles, version: roles.version + 1 };
      }
      if (next.version !== roles.version + 1) return Promise.resolve('changed');
      roles = next;
      if (lost > 0) {
        lost -= 1;
        return Promise.reject(new Error('the answer is lost'));
      }
      return Promise.resolve('written');
    },
    keep: (record, model) => {
      kept.set(record.id, { ...record, model });
      return Promise.resolve();
    },
    records: (ids) => Promise.resolve(ids.flatMap((id) => kept.get(id) ?? [])),
    read: (id) => {
      const found = kept.get(id);
      return found ? Promise.resolve(found.model) : Promise.reject(new Error('damaged'));
    },
  };
  const faults = {
    loseAnswers: (count: number) => (lost = count),
    letOthersBeFaster: (count: number) => (rivals = count),
  };
  return { book, kept, faults, now: () => roles };
}

const model = leafModel(1);
const id = modelIdOf(model);

describe('roles', () => {
  test('go from challenger to champion and back', async () => {
    const { book, now, kept } = givenBook();
    await challenge(book, { model, note: 'of autumn' }, authorship);
    expect(now()).toMatchObject({ champion: 'shipped', challenger: id, version: 1 });
    await promote(book, id, authorship);
    await rollBack(book, id, authorship);
    expect(now()).toMatchObject({ champion: 'shipped', challenger: id, version: 3 });
    expect(kept.get(id)).toMatchObject({ trees: 1, note: 'of autumn', createdBy: 'ada' });
  });

  test('are as they should be when an answer was lost and the caller asks again', async () => {
    const { book, now, faults } = givenBook();
    const twice = async (move: () => Promise<unknown>) => {
      faults.loseAnswers(1);
      await expect(move()).rejects.toThrow('the answer is lost');
      await expect(move()).resolves.toMatchObject({ kind: 'changed' });
    };
    await twice(() => challenge(book, { model, note: 'of autumn' }, authorship));
    await twice(() => promote(book, id, authorship));
    expect(now()).toMatchObject({ champion: id, challenger: 'shipped', version: 2 });
    await twice(() => rollBack(book, id, authorship));
    expect(now()).toMatchObject({ champion: 'shipped', challenger: id, version: 3 });
  });

  test('are read again when somebody else was faster, and given up when somebody always is', async () => {
    const { book, now, faults } = givenBook();
    faults.letOthersBeFaster(4);
    await challenge(book, { model, note: 'of autumn' }, authorship);
    expect(now().challenger).toBe(id);
    faults.letOthersBeFaster(5);
    await expect(promote(book, id, authorship)).rejects.toThrow(RolesContended);
    expect(now().champion).toBe('shipped');
  });

  test('are not given to a challenger that cannot be read', async () => {
    const { book, now, kept } = givenBook();
    await challenge(book, { model, note: 'of autumn' }, authorship);
    kept.clear();
    await expect(promote(book, id, authorship)).rejects.toThrow(ModelNotSound);
    expect(now()).toMatchObject({ champion: 'shipped', challenger: id });
    await challenge(book, { model, note: 'again' }, authorship);
    await promote(book, id, authorship);
    expect(now().champion).toBe(id);
  });

  test('are not given to strangers', async () => {
    const { book } = givenBook();
    expect(await promote(book, id, authorship)).toEqual({ kind: 'refused' });
    expect(await rollBack(book, 'shipped', authorship)).toEqual({ kind: 'refused' });
  });
});

test.each([
  ['a worth that is no number', leafModel(1, { values: Float64Array.from([0, Number.NaN, 0]) })],
  ['a threshold that is no number', leafModel(1, { thresholds: Float64Array.from([Number.NaN, 0, 0]) })],
  ['an infinite base', leafModel(Number.POSITIVE_INFINITY)],
  ['more log odds than add up', leafModel(1, { values: Float64Array.from([0, 1.7e308, 1.7e308]) })],
  ['a feature that there is not', leafModel(1, { features: Int16Array.from([999, -1, -1]) })],
  ['a calibration that falls', { ...model, calibration: { slope: -1, shift: 0 } }],
])('a model with %s is refused, and nothing is kept', async (_, unsound) => {
  const { book, now, kept } = givenBook();
  await expect(challenge(book, { model: unsound, note: 'bad' }, authorship)).rejects.toThrow(ModelNotSound);
  expect([now(), kept.size]).toEqual([rolesAtFirst, 0]);
});
