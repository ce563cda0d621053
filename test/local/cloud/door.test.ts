import { expect, test } from '@jest/globals';
import { Door } from '../../../local/cloud/door.ts';

const hour = 3_600_000;

/** A door that is closed until told, and who has passed it. */
function givenClosed(door: Door) {
  const passed: string[] = [];
  const { promise, resolve: open } = Promise.withResolvers<undefined>();
  const closed = door.closedWhile(async () => {
    await promise;
  });
  const come = async (name: string) => {
    await door.pass();
    passed.push(name);
  };
  return {
    ...{ passed, come },
    open: async () => {
      open(undefined);
      await closed;
    },
  };
}

test('who comes while the door is closed goes on when it opens, in the order of coming', async () => {
  const { passed, come, open } = givenClosed(new Door(hour));
  const coming = [come('first'), come('second')];
  await Promise.resolve();
  expect(passed).toEqual([]);
  await open();
  await Promise.all(coming);
  await come('third');
  expect(passed).toEqual(['first', 'second', 'third']);
});

test('of two who hold the door closed the last one opens it', async () => {
  const door = new Door(hour);
  const [one, two] = [givenClosed(door), givenClosed(door)];
  const coming = one.come('anybody');
  await one.open();
  expect(one.passed).toEqual([]);
  await two.open();
  await coming;
  expect(one.passed).toEqual(['anybody']);
});

test('the door opens after work that failed', async () => {
  const door = new Door(hour);
  await expect(door.closedWhile(() => Promise.reject(new Error('not settled')))).rejects.toThrow('not settled');
  await expect(door.pass()).resolves.toBeUndefined();
});

test('nobody waits longer than the longest wait, for the door may be closed until they are answered', async () => {
  const door = new Door(10);
  await expect(door.closedWhile(() => door.pass())).resolves.toBeUndefined();
});
