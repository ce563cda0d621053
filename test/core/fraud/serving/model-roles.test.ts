import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ModelRoles } from '../../../../core/fraud/serving/model-roles.ts';
import { challenged, promoted, rolledBack, rolesAtFirst } from '../../../../core/fraud/serving/model-roles.ts';

const authorship = { by: 'ada', at: '2026-11-27T12:00:00.000Z' };
const moves = { challenged, promoted, rolledBack };
const ids = ['shipped', 'mdl_a', 'mdl_b', 'mdl_c'];
const anyMove = fc.record({
  name: fc.constantFrom('challenged' as const, 'promoted' as const, 'rolledBack' as const),
  model: fc.constantFrom(...ids),
});

const after = (lives: readonly { name: keyof typeof moves; model: string }[]) =>
  lives.reduce<ModelRoles>((roles, { name, model }) => moves[name](roles, model, authorship) ?? roles, rolesAtFirst);

describe('after any moves', () => {
  test('no model is champion and challenger, and doing the last one again changes nothing', () => {
    fc.assert(
      fc.property(fc.array(anyMove, { maxLength: 20 }), anyMove, (lives, { name, model }) => {
        const roles = after(lives);
        expect(roles.champion).not.toBe(roles.challenger);
        expect(roles.previous).not.toBe(roles.champion);
        expect(roles.changes.length).toBeLessThanOrEqual(10);
        const moved = moves[name](roles, model, authorship);
        if (moved) expect(moves[name](moved, model, authorship)).toBe(moved);
      }),
    );
  });

  test('a promotion that is taken back leaves the champion that there was, and loses no challenger', () => {
    fc.assert(
      fc.property(fc.array(anyMove, { maxLength: 20 }), (lives) => {
        const { challenger, ...roles } = after(lives);
        fc.pre(challenger !== undefined);
        const promotion = promoted({ ...roles, challenger }, challenger, authorship);
        expect(promotion).toMatchObject({ champion: challenger, challenger: roles.champion, previous: roles.champion });
        const back = promotion && rolledBack(promotion, challenger, authorship);
        expect(back).toMatchObject({ champion: roles.champion, challenger, version: roles.version + 2 });
        expect(back?.previous).toBeUndefined();
      }),
    );
  });
});

test('only the challenger is promoted, and only a promotion is taken back', () => {
  expect(promoted(rolesAtFirst, 'mdl_a', authorship)).toBeUndefined();
  expect(rolledBack(rolesAtFirst, 'shipped', authorship)).toBeUndefined();
  expect(rolledBack(rolesAtFirst, 'mdl_a', authorship)).toBeUndefined();
  expect(challenged(rolesAtFirst, 'shipped', authorship)).toBeUndefined();
});

test('a challenger that came after a promotion stays when that is taken back', () => {
  const roles = after([
    { name: 'challenged', model: 'mdl_a' },
    { name: 'promoted', model: 'mdl_a' },
    { name: 'challenged', model: 'mdl_b' },
    { name: 'rolledBack', model: 'mdl_a' },
  ]);
  expect(roles).toMatchObject({ champion: 'shipped', challenger: 'mdl_b' });
  expect(roles.changes.map(({ kind }) => kind)).toEqual(['rolledBack', 'challenged', 'promoted', 'challenged']);
});
