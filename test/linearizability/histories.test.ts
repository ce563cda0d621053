import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { deriveId } from '../../core/ids.ts';
import { seededRandom } from '../../local/kernel/random.ts';
import type { DynamoWorld } from '../adapters/dynamodb/dynamo-world.ts';
import { dynoxide, givenDynamo } from '../adapters/dynamodb/dynamo-world.ts';
import type { Model, Operation } from './checker.ts';
import { isLinearizable } from './checker.ts';
import { clientOf, losesCalls, writesWithoutConditions } from './clients.ts';
import { giftCardTable, issuedWith, racingSteps } from './gift-card-history.ts';
import { giftCardModel } from './gift-card-model.ts';
import type { Connections } from './payment-history.ts';
import { authorized, paymentTables, racingClaims, racingMovements } from './payment-history.ts';
import { paymentModel } from './payment-model.ts';

const histories = 200;
/** A few seconds each where nobody else works. */
const patienceMilliseconds = 480_000;
/** So many at once, each with eight clients of its own: nobody waits while one history backs off. */
const atOnce = 6;
const describeWithServer = dynoxide === undefined ? describe.skip : describe;

let world: DynamoWorld;

beforeAll(async () => {
  if (dynoxide === undefined) return;
  world = await givenDynamo([...paymentTables, giftCardTable].map(tableOf));
});

afterAll(async () => {
  if (dynoxide !== undefined) await world.close();
});

function tableOf(name: string): CreateTableCommandInput {
  const keys = name === 'lots' ? ['pk'] : ['pk', 'sk'];
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keys.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
  };
}

interface Subject<State, Call, Answer> {
  readonly model: Model<State, Call, Answer>;
  readonly record: (connections: Connections, id: string, random: () => number) => Promise<Operation<Call, Answer>[]>;
}

/** The seeds of histories that no order of their calls explains; stops early when told to. */
async function badHistories<State, Call, Answer>(
  { model, record }: Subject<State, Call, Answer>,
  name: string,
  prepare: (client: ReturnType<typeof clientOf>, random: () => number) => void,
  isEnough: (bad: readonly number[]) => boolean = () => false,
) {
  const [steady, bad, broken] = [clientOf(world.endpoint), [] as number[], [] as unknown[]];
  const answers = { unknown: 0, known: 0 };
  let next = 1;
  const lane = async () => {
    const client = clientOf(world.endpoint);
    let random = seededRandom(0);
    prepare(client, () => random());
    while (next <= histories && !isEnough(bad)) {
      const seed = next;
      next += 1;
      random = seededRandom(seed);
      try {
        const history = await record({ steady, client }, deriveId('x_', name, String(seed)), random);
        if (!isLinearizable(model, history)) bad.push(seed);
        const lost = history.filter(({ answer }) => answer === undefined).length;
        answers.unknown += lost;
        answers.known += history.length - lost;
      } catch (error) {
        broken.push(error);
      }
    }
    client.destroy();
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  steady.destroy();
  return { bad, broken, ...answers };
}

const payment = { model: paymentModel(authorized), record: racingMovements };
const lot = { model: paymentModel(authorized), record: racingClaims };
const giftCard = { model: giftCardModel(issuedWith), record: racingSteps };
const loses = (client: ReturnType<typeof clientOf>, random: () => number) => losesCalls(client, 0.015, random);

describeWithServer(`${histories} histories of eight clients each, with calls and answers lost`, () => {
  test(
    'of a payment could each have been told one call at a time',
    async () => {
      const { bad, broken, unknown, known } = await badHistories(payment, 'payment', loses);
      expect([bad, broken]).toEqual([[], []]);
      expect(unknown).toBeGreaterThan(50);
      expect(known).toBeGreaterThan(histories * 12);
    },
    patienceMilliseconds,
  );

  test(
    'of a lot could each have been told one call at a time: what was paid out is not taken back as well',
    async () => {
      const { bad, broken, unknown, known } = await badHistories(lot, 'lot', loses);
      expect([bad, broken]).toEqual([[], []]);
      expect(unknown).toBeGreaterThan(50);
      expect(known).toBeGreaterThan(histories * 12);
    },
    patienceMilliseconds,
  );

  test(
    'of a gift card could each have been told one call at a time',
    async () => {
      const { bad, broken, unknown, known } = await badHistories(giftCard, 'gift card', loses);
      expect([bad, broken]).toEqual([[], []]);
      expect(unknown).toBeGreaterThan(20);
      expect(known).toBeGreaterThan(histories * 12);
    },
    patienceMilliseconds,
  );
});

describeWithServer(
  'a planted bug, a store that writes what it decided on without asking whether it still holds',
  () => {
    test('of a payment is caught', async () => {
      const { bad } = await badHistories(payment, 'planted payment', writesWithoutConditions, found);
      expect(bad).not.toEqual([]);
    });

    test('of a lot is caught', async () => {
      const { bad } = await badHistories(lot, 'planted lot', writesWithoutConditions, found);
      expect(bad).not.toEqual([]);
    });

    test('of a gift card is caught', async () => {
      const { bad } = await badHistories(giftCard, 'planted gift card', writesWithoutConditions, found);
      expect(bad).not.toEqual([]);
    });
  },
);

const found = (bad: readonly number[]) => bad.length > 0;
