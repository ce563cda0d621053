import { expect, test } from '@jest/globals';
import { ModelDoesNotFit } from '../../../../core/fraud/model/fraud-model.ts';
import type { ModelRoles } from '../../../../core/fraud/serving/model-roles.ts';
import { rolesAtFirst } from '../../../../core/fraud/serving/model-roles.ts';
import { serveModels } from '../../../../core/fraud/serving/serve-models.ts';
import { leafModel } from './leaf-model.ts';

const shipped = leafModel(0);
const roles = (champion: string, challenger?: string): ModelRoles => ({
  ...rolesAtFirst,
  champion,
  ...(challenger !== undefined && { challenger }),
});

/** What serves models of which `answers` says how each reading ends; the last one holds on. */
function given(answers: Readonly<Record<string, readonly ('works' | Error)[]>>) {
  const [reads, refused]: [string[], string[]] = [[], []];
  const server = serveModels({
    shipped,
    read: async (id) => {
      const all = answers[id] ?? [];
      const answer = all[reads.filter((each) => each === id).length] ?? all.at(-1);
      reads.push(id);
      await Promise.resolve();
      if (answer !== 'works') throw answer ?? new Error('missing');
      return leafModel(id.length);
    },
    onRefused: (id) => refused.push(id),
  });
  const ids = async (of: ModelRoles) => {
    const [champion = server.shipped, challenger] = await Promise.all([server.champion(of), server.challenger(of)]);
    return [champion?.id, challenger?.id];
  };
  return { ids, reads, refused };
}

test('models are read once, however many payments come at the same time', async () => {
  const { ids, reads } = given({ mdl_a: ['works'], mdl_b: ['works'] });
  const [one, other] = await Promise.all([ids(roles('mdl_a', 'mdl_b')), ids(roles('mdl_a', 'mdl_b'))]);
  expect([one, other, await ids(roles('mdl_b', 'mdl_a'))]).toEqual([
    ['mdl_a', 'mdl_b'],
    ['mdl_a', 'mdl_b'],
    ['mdl_b', 'mdl_a'],
  ]);
  expect(reads).toEqual(['mdl_a', 'mdl_b']);
});

test('the shipped model decides in place of one that cannot be read, until it can', async () => {
  const { ids, refused } = given({ mdl_a: [new Error('busy'), 'works'] });
  expect(await ids(roles('mdl_a'))).toEqual(['shipped', undefined]);
  expect(await ids(roles('mdl_a'))).toEqual(['mdl_a', undefined]);
  expect(refused).toEqual(['mdl_a']);
});

test('a model for other features is asked for once, and a challenger that fails is left out', async () => {
  const { ids, reads } = given({ mdl_a: [new ModelDoesNotFit('other')], mdl_b: [new Error('busy')] });
  expect(await ids(roles('mdl_a', 'mdl_b'))).toEqual(['shipped', undefined]);
  expect(await ids(roles('mdl_a', 'shipped'))).toEqual(['shipped', 'shipped']);
  expect(reads).toEqual(['mdl_a', 'mdl_b']);
});

test('what has no role any more is not kept', async () => {
  const { ids, reads } = given({ mdl_a: ['works'], mdl_b: ['works'] });
  await ids(roles('mdl_a'));
  await ids(roles('mdl_b'));
  await ids(roles('mdl_a'));
  expect(reads).toEqual(['mdl_a', 'mdl_b', 'mdl_a']);
});

test('without any model that fits there is none, and the rules decide', async () => {
  const failing = { read: () => Promise.reject(new Error('busy')), onRefused: () => undefined };
  const server = serveModels({ shipped: undefined, ...failing });
  expect([server.shipped, await server.champion(roles('shipped')), await server.challenger(roles('mdl_a'))]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
