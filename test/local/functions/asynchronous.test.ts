import { afterEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '../../../local/kernel/aws-error.ts';
import type { Resource } from '../../../local/kernel/service.ts';
import { openStore } from '../../../local/kernel/store.ts';
import type { FunctionWorld, WorldOptions } from './function-world.ts';
import { accountId, arnOf, eventually, givenFunctions, region } from './function-world.ts';

let world: FunctionWorld | undefined;

async function given(options: WorldOptions): Promise<FunctionWorld> {
  world = await givenFunctions(options);
  return world;
}

afterEach(async () => {
  await world?.close();
  world = undefined;
});

const queueArn = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`;
const queue = (name: string): Resource => ({
  ...{ stack: 'Stack', logicalId: name, type: 'AWS::SQS::Queue', properties: {} },
  physicalId: `http://sqs/${name}`,
  arn: queueArn(name),
});

/** Counts its attempts by requests to the endpoint, which says whether it is to fail. */
const counting = `export const handler = async (event: any) => {
  const answer = await (await fetch(process.env.AWS_ENDPOINT_URL!, { method: 'POST', body: JSON.stringify(event) })).json();
  if (answer.fail) throw new Error('told to fail');
};`;

const failing = { answerRequest: () => '{"fail":true}' };

describe('asynchronous invocations', () => {
  test('an event is acknowledged at once and run once when it succeeds', async () => {
    const made = await given({ bundles: { counting } });
    expect(await made.invokeEvent('counting', { id: 1 })).toEqual({ StatusCode: 202 });
    expect(made.functions.busy?.()).toBe(true);
    await made.settled();
    expect(made.received.map(({ body }) => body)).toEqual(['{"id":1}']);
    await made.clock.advance(86_400_000, made.settled);
    expect(made.received).toHaveLength(1);
  });

  test('a failing event is tried three times, a minute and two apart, under one id', async () => {
    const made = await given({ bundles: { counting }, ...failing });
    await made.invokeEvent('counting', {});
    await made.settled();
    expect(made.received).toHaveLength(1);
    await made.clock.advance(55_000, made.settled);
    expect(made.received).toHaveLength(1);
    await made.clock.advance(6_000, made.settled);
    expect(made.received).toHaveLength(2);
    await made.clock.advance(115_000, made.settled);
    expect(made.received).toHaveLength(2);
    await made.clock.advance(86_400_000, made.settled);
    expect(made.received).toHaveLength(3);
    expect(new Set(made.received.map(({ headers }) => headers['x-quittance-invocation'])).size).toBe(1);
    expect(made.operatorLines.join('\n')).toContain('failed for good');
  });

  test('what failed for good goes to the dead-letter queue and the on-failure destination, by the role of the function', async () => {
    const made = await given({
      bundles: { counting: { code: counting, properties: { DeadLetterConfig: { TargetArn: queueArn('dead') } } } },
      others: [
        ...['dead', 'failures'].map(queue),
        {
          ...{
            stack: 'Stack',
            logicalId: 'Config',
            type: 'AWS::Lambda::EventInvokeConfig',
            physicalId: 'config',
            arn: 'config',
          },
          properties: {
            ...{ FunctionName: 'counting', Qualifier: '$LATEST', MaximumRetryAttempts: 1 },
            DestinationConfig: { OnFailure: { Destination: queueArn('failures') } },
          },
        },
      ],
      ...failing,
    });
    await made.invokeEvent('counting', { id: 'pay_1' });
    await made.settled();
    await made.clock.advance(600_000, made.settled);
    expect(made.received).toHaveLength(2);
    expect(made.dispatched.map(({ service, call }) => [service, call.operation, call.caller])).toEqual(
      Array(2).fill(['sqs', 'SendMessage', { kind: 'role', roleArn: `arn:aws:iam::${accountId}:role/countingRole` }]),
    );
    const [dead, failure] = made.dispatched.map(({ call }) => call.input);
    expect(dead).toMatchObject({
      QueueUrl: 'http://sqs/dead',
      MessageBody: '{"id":"pay_1"}',
      MessageAttributes: { ErrorCode: { DataType: 'Number', StringValue: '200' } },
    });
    expect(failure?.['QueueUrl']).toBe('http://sqs/failures');
    expect(JSON.parse(failure?.['MessageBody'] as string)).toMatchObject({
      version: '1.0',
      requestContext: {
        functionArn: `${arnOf('counting')}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: 2,
      },
      requestPayload: { id: 'pay_1' },
      responseContext: { statusCode: 200, functionError: 'Unhandled' },
      responsePayload: { errorType: 'Error', errorMessage: 'told to fail' },
    });
  });

  test('a failed event waits until its queue takes it', async () => {
    const made = await given({
      bundles: { counting: { code: counting, properties: { DeadLetterConfig: { TargetArn: queueArn('dead') } } } },
      others: [queue('dead')],
      ...failing,
    });
    const sent: unknown[] = [];
    let blackout = true;
    await made.restart({
      dispatch: (_service, call) => {
        if (blackout) return Promise.reject(new AwsError('ServiceUnavailable', 'blackout', 503));
        sent.push(call.input['MessageBody']);
        return Promise.resolve({});
      },
    });
    await made.invokeEvent('counting', 'kept');
    await made.settled();
    await made.clock.advance(600_000, made.settled);
    expect(made.received).toHaveLength(3);
    blackout = false;
    await made.clock.advance(120_000, made.settled);
    expect(sent).toEqual(['"kept"']);
    expect(made.received).toHaveLength(3);
  });

  test('an accepted event outlives the process that accepted it, before and during its run', async () => {
    let release: (answer: string) => void = () => undefined;
    const answers = [new Promise<string>((resolve) => (release = resolve)), '{}'];
    const made = await given({ bundles: { counting }, answerRequest: () => answers.shift() ?? '{}' });
    await made.invokeEvent('counting', 'under way');
    await eventually(() => made.received.length === 1, 'the first attempt is under way');
    const restarted = await made.restart();
    release('{}');
    restarted.start();
    await made.settled();
    expect(made.received.map(({ body }) => body)).toEqual(['"under way"', '"under way"']);
    (await made.restart()).start();
    await made.settled();
    expect(made.received).toHaveLength(2);
  });

  test('an event that grew too old is not run any more', async () => {
    const made = await given({ bundles: { counting }, ...failing });
    await made.invokeEvent('counting', {});
    await made.settled();
    const restarted = await made.restart();
    await made.clock.advance(7 * 3_600_000, () => Promise.resolve());
    restarted.start();
    await made.settled();
    expect(made.received).toHaveLength(1);
    expect(made.operatorLines.join('\n')).toContain('EventAgeExceeded');
  });

  test('an event whose outcome cannot be written down is tried again by the clock, without a restart', async () => {
    const store = openStore(':memory:');
    const made = await given({ bundles: { counting }, store });
    for (const change of ['DELETE', 'UPDATE']) {
      store.exec(`CREATE TRIGGER no_${change} BEFORE ${change} ON lambda_events
        BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`);
    }
    await made.invokeEvent('counting', 'kept');
    await made.settled();
    await made.clock.advance(1_500, made.settled);
    const inVain = made.received.length;
    expect(inVain).toBeGreaterThan(1);
    expect(made.operatorLines.join('\n')).toContain('the disk is full');
    store.exec('DROP TRIGGER no_DELETE; DROP TRIGGER no_UPDATE');
    await made.clock.advance(86_400_000, made.settled);
    expect(made.received.map(({ body }) => body)).toEqual(Array(inVain + 1).fill('"kept"'));
    expect(store.prepare('SELECT id FROM lambda_events').all()).toEqual([]);
  });

  test('a throttled event waits for its turn without losing an attempt', async () => {
    let release: (answer: string) => void = () => undefined;
    const answers: (string | Promise<string>)[] = [new Promise<string>((resolve) => (release = resolve))];
    const made = await given({
      bundles: { counting: { code: counting, properties: { ReservedConcurrentExecutions: 1, Timeout: 60 } } },
      answerRequest: () => answers.shift() ?? '{}',
    });
    const first = made.invoke('counting', 'first');
    await eventually(() => made.received.length === 1, 'the function is at its limit');
    await made.invokeEvent('counting', 'second');
    await made.clock.advance(500, () => Promise.resolve());
    release('{}');
    await first;
    await made.clock.advance(60_000, made.settled);
    expect(made.received.map(({ body }) => body)).toEqual(['"first"', '"second"']);
  });

  test('delivery faults double an event or let it come later, and lose none', async () => {
    const made = await given({ bundles: { counting } });
    const deliveries: ((batch: readonly unknown[]) => readonly unknown[])[] = [
      () => [],
      (batch) => [...batch, ...batch],
    ];
    const faults = {
      deliver: (_service: string, batch: readonly unknown[]) => {
        const delivered = (deliveries.shift() ?? ((same) => same))(batch);
        return { delivered, dropped: delivered.length === 0 ? batch : [] };
      },
    };
    await made.restart({ faults: faults as never });
    await made.invokeEvent('counting', 'odd');
    await made.settled();
    expect(made.received).toHaveLength(0);
    await made.clock.advance(2_000, made.settled);
    expect(made.received).toHaveLength(2);
  });
});
