import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toTransition } from '../../adapters/dynamodb/transition-item.ts';
import type { createClient, CreatePayment } from '../../packages/client/index.ts';
import type { CloudHere } from './cloud-here.ts';
import { startCloudHere } from './cloud-here.ts';
import { modelThatDoubts } from '../../scripts/doubting-model.ts';
import { operatorDynamo, tableName } from './operator-dynamo.ts';
import { reviewersOf } from './reviewing.ts';
import { storedItems } from './stored-items.ts';
import { cardNumber, paymentOf, shopper } from './support.ts';

let here: CloudHere;
let buyer: ReturnType<typeof shopper>;
let operator: ReturnType<typeof createClient>;
const folder = mkdtempSync(join(tmpdir(), 'quittance-models-'));
let index = 850_000;

beforeAll(async () => {
  here = await startCloudHere();
  buyer = shopper(here);
  operator = (await reviewersOf(here))('ada');
}, 120_000);

afterAll(async () => {
  await here.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function pay(changes: Partial<CreatePayment> = {}) {
  index += 1;
  const order = paymentOf(here, await buyer.token(cardNumber(index)), index, 4200);
  return buyer.client.createPayment({ ...order, ...changes }, randomUUID());
}

/** `npm run model -- …` as an operator runs it: its exit code and what it printed. */
async function model(...args: readonly string[]) {
  const { clientId, clientSecret } =
    here.outputs.clients.find(({ scopes }) => scopes.includes('operations/write')) ?? {};
  const env = { ...process.env, QUITTANCE_URL: here.outputs.apiUrl, QUITTANCE_CLIENT: `${clientId}:${clientSecret}` };
  return new Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }>((resolve) => {
    execFile(process.execPath, ['model/main.ts', ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stdout, stderr });
    });
  });
}

/** What was written down with a payment's first outcome. */
async function modelsOf(paymentId: string) {
  const items = await storedItems(here, 'PaymentsTable');
  const outcome = items.find(({ pk, models }) => pk?.S === paymentId && models !== undefined);
  return outcome && toTransition(outcome).models;
}

describe('a model of our own', () => {
  test('is challenger first, which is only written down; then decides, until that is taken back', async () => {
    expect(await operator.getFraudModels()).toMatchObject({ champion: 'shipped', changes: [], version: 0 });
    await expect(operator.compareFraudModels()).rejects.toMatchObject({ status: 409, code: 'no_challenger' });

    // Beside it everything is fraud.
    const put = { note: 'doubts all', file: modelThatDoubts(12) };
    const { challenger = '' } = await operator.createFraudModel(put);
    expect(await operator.createFraudModel(put)).toMatchObject({ challenger, version: 1 });
    const beside = await pay();
    expect(beside).toMatchObject({ status: 'authorized' });
    expect((await operator.compareFraudModels(1)).champion.quality).toEqual({
      payments: 0,
      frauds: 0,
      expectedFrauds: 0,
    });
    await buyer.client.capturePayment(beside.id, {}, randomUUID());
    expect(await modelsOf(beside.id)).toMatchObject({
      champion: 'shipped',
      challenger: { model: challenger, decision: 'decline' },
    });
    expect(await operator.compareFraudModels(1)).toMatchObject({
      ...{ payments: 1, decidedOtherwise: 1 },
      champion: { model: 'shipped', decisions: { approve: 1, decline: 0 } },
      challenger: { model: challenger, decisions: { approve: 0, decline: 1 }, quality: { payments: 1, frauds: 0 } },
    });

    const promoted = await operator.promoteFraudModel(challenger);
    expect(promoted).toMatchObject({
      ...{ champion: challenger, challenger: 'shipped', previous: 'shipped' },
      changes: [{ kind: 'promoted', model: challenger, by: 'ada' }, { kind: 'challenged' }],
      models: [{ id: challenger, note: 'doubts all', createdBy: 'ada' }],
    });
    expect(await operator.promoteFraudModel(challenger)).toEqual(promoted);
    const decided = await pay();
    expect(decided).toMatchObject({ status: 'declined', fraud: { decision: 'decline' } });
    expect(await modelsOf(decided.id)).toMatchObject({
      champion: challenger,
      challenger: { model: 'shipped', decision: 'approve' },
    });

    await operator.rollBackFraudModel(challenger);
    expect(await pay()).toMatchObject({ status: 'authorized' });
  });

  test('does not stop payments when it cannot be read: the shipped model decides', async () => {
    const { challenger = '' } = await operator.createFraudModel({ note: 'gone', file: modelThatDoubts(13) });
    await operator.promoteFraudModel(challenger);
    const [dynamo, table] = [operatorDynamo(here), tableName(here, 'FraudTable')];
    await dynamo.send(new DeleteItemCommand({ TableName: table, Key: { pk: { S: `model#${challenger}` } } }));
    dynamo.destroy();
    const payment = await pay();
    expect(payment).toMatchObject({ status: 'authorized', fraud: { decidedBy: 'model' } });
    expect(await modelsOf(payment.id)).toMatchObject({ champion: 'shipped' });
    await operator.rollBackFraudModel(challenger);
  });

  test('stops no payment and takes no list away when its item, or that of the roles, is damaged', async () => {
    const { challenger = '' } = await operator.createFraudModel({ note: 'damaged', file: modelThatDoubts(14) });
    await operator.promoteFraudModel(challenger);
    const [dynamo, table] = [operatorDynamo(here), tableName(here, 'FraudTable')];
    const damage = (pk: string, UpdateExpression: string) =>
      dynamo.send(new UpdateItemCommand({ TableName: table, Key: { pk: { S: pk } }, UpdateExpression }));
    await damage(`model#${challenger}`, 'REMOVE note');
    expect(await operator.getFraudModels()).toMatchObject({ champion: challenger, models: [] });
    expect(await operator.rollBackFraudModel(challenger)).toMatchObject({ champion: 'shipped', models: [] });
    await operator.createFraudModel({ note: 'mended', file: modelThatDoubts(14) });
    expect(await operator.getFraudModels()).toMatchObject({ models: [{ note: 'mended' }] });

    await operator.createFraudListEntry({ about: 'buyer', verdict: 'block', note: 'thief', value: 'thief' });
    await damage('models', 'REMOVE champion');
    expect(await pay({ buyer: { id: 'thief', email: 'thief@example.com' } })).toMatchObject({
      ...{
        status: 'declined',
        fraud: { reasons: expect.arrayContaining([expect.objectContaining({ code: 'listed' })]) },
      },
    });
    const payment = await pay();
    expect(payment).toMatchObject({ status: 'authorized', fraud: { decidedBy: 'model' } });
    expect(await modelsOf(payment.id)).toEqual({ champion: 'shipped' });
    await dynamo.send(new DeleteItemCommand({ TableName: table, Key: { pk: { S: 'models' } } }));
    dynamo.destroy();
  });

  test.each([
    ['for other features', { schemaHash: 'other' }, 'fraud_model_does_not_fit'],
    ['that lacks bytes', { values: 'AAAA' }, 'fraud_model_invalid'],
    ['of numbers that are none', { calibration: { slope: -1, shift: 0 } }, 'fraud_model_invalid'],
    ['with fields that are none of a model', { surplus: true }, 'fraud_model_invalid'],
  ])('%s is refused, and who has a role keeps it', async (_, changes, code) => {
    const before = await operator.getFraudModels();
    const file = { ...modelThatDoubts(1), ...changes };
    await expect(operator.createFraudModel({ note: 'bad', file })).rejects.toMatchObject({ status: 422, code });
    expect(await operator.getFraudModels()).toEqual(before);
  });

  test('is refused when it is too large, or nobody says where it comes from', async () => {
    const file = { ...modelThatDoubts(1), values: 'A'.repeat(256 * 1024) };
    await expect(operator.createFraudModel({ note: 'large', file })).rejects.toMatchObject({ status: 413 });
    await expect(operator.createFraudModel({ note: 'a\ud800b', file: modelThatDoubts(1) })).rejects.toMatchObject({
      status: 400,
    });
  });

  test('is promoted by nobody without the scope, and never from nowhere', async () => {
    await expect(buyer.client.getFraudModels()).rejects.toMatchObject({ status: 403 });
    await expect(operator.promoteFraudModel('mdl_0000000000000000')).rejects.toMatchObject({
      ...{ status: 409, code: 'fraud_model_not_challenger' },
    });
    await expect(operator.rollBackFraudModel('shipped')).rejects.toMatchObject({ code: 'fraud_model_not_promoted' });
    await expect(operator.promoteFraudModel('../..')).rejects.toMatchObject({ status: 404 });
  });
});

describe('npm run model', () => {
  test('puts a model in, prints the comparison, promotes it when told to, and takes it back', async () => {
    const file = join(folder, 'model.json');
    writeFileSync(file, JSON.stringify(modelThatDoubts(0.5)));
    const put = await model('challenge', '--file', file, '--note', 'of the test');
    expect([put.stderr, put.code]).toEqual(['', 0]);
    const id = /challenger +(mdl_\w+) \(of the test\)/u.exec(put.stdout)?.[1] ?? '';
    await pay();

    const early = await model('promote');
    expect(early.stdout).toMatch(
      new RegExp(
        `^1 payments that both scored.*\\n.*\\n.*\\n +champion +challenger\\n +shipped +${id}\\napprove +1 +1\\n`,
        'u',
      ),
    );
    expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('--force promotes nevertheless') });
    expect(await operator.getFraudModels()).toMatchObject({ champion: 'shipped' });

    expect((await model('promote', '--force', '--days', '1')).stdout).toContain(`champion    ${id} (of the test)`);
    expect((await model('roll-back')).stdout).toContain('champion    shipped (came with the release)');
    expect(await model('roll-back')).toMatchObject({ code: 1, stderr: expect.stringContaining('Only a promotion') });
  }, 60_000);

  test('says what the API says, and what is in the way of asking it', async () => {
    const notOurs = await model('challenge', '--file', 'package.json', '--note', 'x');
    expect(notOurs).toMatchObject({ code: 1, stderr: expect.stringContaining('file.schemaHash') });
    expect(await model('promote', '--days', '99')).toMatchObject({ code: 1, stderr: expect.stringContaining('days') });
    expect(notOurs.stderr).not.toContain('Usage');
  });

  test.each([
    [['challenge', '--note', 'x'], '--file has to name a file'],
    [['challenge', '--file', 'package.json'], '--note is missing'],
    [['challenge', '--file', 'README.md', '--note', 'x'], 'README.md is not the JSON of a model'],
    [['compare', '--days', 'week'], '--days has to be a number of days'],
    [['promotion'], 'There is no command "promotion"'],
  ])('says what is wrong with %j', async (args, complaint) => {
    expect(await model(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(complaint) });
  });
});
