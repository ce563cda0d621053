import { afterEach, describe, expect, test } from '@jest/globals';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { createEventBus } from '../../../local/event-bus/event-bus.ts';
import { AwsError } from '../../../local/kernel/aws-error.ts';
import type { Call, Json, JsonObject, Resource } from '../../../local/kernel/service.ts';
import { createQueueService } from '../../../local/queue/queue-service.ts';
import {
  clientConfiguration,
  functionResource,
  givenCloud,
  givenLambda,
  queueResource,
  resource,
  serve,
  temporaryFolder,
} from '../data-services/harness.ts';

const busArn = 'arn:aws:events:eu-central-1:000000000000:event-bus/Stack-Bus';
const ruleArn = 'arn:aws:events:eu-central-1:000000000000:rule/Stack-Bus/Stack-Rule';
const lambdaArn = 'arn:aws:lambda:eu-central-1:000000000000:function:Stack-Function';
const queueArn = (name: string) => `arn:aws:sqs:eu-central-1:000000000000:Stack-${name}`;
const bus = resource('AWS::Events::EventBus', 'Bus', {}, { arn: busArn });

const closers: (() => Promise<void> | void)[] = [];
afterEach(closeAll);
async function closeAll() {
  for (const close of closers.splice(0).reverse()) await close();
}

function rule(targets: readonly JsonObject[], more: JsonObject = {}): Resource {
  const properties = {
    EventBusName: 'Stack-Bus',
    EventPattern: { source: ['quittance'], 'detail-type': ['payment.declined'] },
    Targets: targets.map((target, index) => ({ Id: `Target${String(index)}`, ...target })),
    ...more,
  };
  return resource('AWS::Events::Rule', 'Rule', properties, { arn: ruleArn });
}

type Handler = (payload: JsonObject, call: Call) => unknown;

async function givenBus(rules: readonly Resource[], handler: Handler = () => null, dataDir = temporaryFolder()) {
  const resources = [bus, functionResource('Function'), queueResource('Inbox'), queueResource('DeadLetters'), ...rules];
  const cloud = givenCloud(resources, dataDir);
  const queues = createQueueService(cloud.options);
  const service = createEventBus(cloud.options);
  cloud.add(queues);
  cloud.add(service);
  cloud.add(givenLambda(handler));
  const gateway = await serve(cloud.clock, service);
  const events = new EventBridgeClient(clientConfiguration(gateway));
  closers.push(() => cloud.close());
  closers.push(() => gateway.close());
  closers.push(() => events.destroy());
  service.start();
  return {
    ...{ cloud, service, events, dataDir },
    put: (...entries: object[]) =>
      events.send(new PutEventsCommand({ Entries: entries.map((entry) => ({ ...declined, ...entry })) })),
    receive: async (name: string) => {
      const QueueUrl = `https://sqs/000000000000/Stack-${name}`;
      const input = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
      const answer = await queues.handle({ operation: 'ReceiveMessage', input, caller: { kind: 'operator' } });
      return (answer['Messages'] ?? []) as unknown as { Body: string; MessageAttributes?: Record<string, Json> }[];
    },
  };
}

const declined = {
  EventBusName: 'Stack-Bus',
  Source: 'quittance',
  DetailType: 'payment.declined',
  Detail: '{"id":"pay_1"}',
};

describe('an event', () => {
  test('reaches the function of a matching rule in its envelope, called as EventBridge for the rule', async () => {
    const seen: { payload: JsonObject; call: Call }[] = [];
    const { cloud, put } = await givenBus([rule([{ Arn: lambdaArn }])], (payload, call) =>
      seen.push({ payload, call }),
    );
    const answer = await put({ Time: new Date('2026-11-22T10:00:00.900Z'), Resources: ['pay_1'] });
    await cloud.settled();
    expect(seen).toEqual([
      {
        payload: {
          version: '0',
          id: answer.Entries?.[0]?.EventId,
          'detail-type': 'payment.declined',
          source: 'quittance',
          account: '000000000000',
          time: '2026-11-22T10:00:00Z',
          region: 'eu-central-1',
          resources: ['pay_1'],
          detail: { id: 'pay_1' },
        },
        call: expect.objectContaining({
          input: expect.objectContaining({ FunctionName: lambdaArn, InvocationType: 'Event' }),
          caller: { kind: 'service', principal: 'events.amazonaws.com', sourceArn: ruleArn },
        }),
      },
    ]);
  });

  test('that no rule matches, or whose rule is disabled, goes nowhere', async () => {
    const { cloud, put } = await givenBus([rule([{ Arn: lambdaArn }], { State: 'DISABLED' })]);
    await put({}, { DetailType: 'payment.captured' });
    await cloud.settled();
    expect(cloud.calls).toEqual([]);
  });

  test('reaches a queue and a workflow, the workflow by the role of the target and under a name of its own', async () => {
    const stateMachineArn = 'arn:aws:states:eu-central-1:000000000000:stateMachine:Resolve';
    const { cloud, put, receive } = await givenBus([
      rule([
        { Arn: queueArn('Inbox'), InputPath: '$.detail' },
        { Arn: stateMachineArn, RoleArn: 'arn:aws:iam::000000000000:role/Start' },
      ]),
    ]);
    const started: Call[] = [];
    const states = (call: Call) => Promise.resolve(started.push(call) > 0 ? {} : {});
    cloud.add({ name: 'states', handle: states });
    const { Entries } = await put({});
    await cloud.settled();
    expect((await receive('Inbox')).map(({ Body }) => Body)).toEqual(['{"id":"pay_1"}']);
    expect(started).toMatchObject([
      {
        operation: 'StartExecution',
        caller: { kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/Start' },
        input: { stateMachineArn, name: expect.stringContaining(String(Entries?.[0]?.EventId)) },
      },
    ]);
  });
});

describe('an entry', () => {
  test('that is bad fails by itself, by its AWS code', async () => {
    const { put } = await givenBus([]);
    const { FailedEntryCount, Entries } = await put(
      {},
      { Source: undefined },
      { Detail: '[1]' },
      { Detail: 'not JSON' },
      { Source: 'aws.s3' },
      { EventBusName: 'other' },
    );
    expect(FailedEntryCount).toBe(5);
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      ...[
        undefined,
        'InvalidArgument',
        'MalformedDetail',
        'MalformedDetail',
        'NotAuthorizedForSource',
        'InvalidArgument',
      ],
    ]);
  });

  test('beyond the tenth, and 256 KB in all, are refused as a whole', async () => {
    const { put } = await givenBus([]);
    await expect(put(...Array.from({ length: 11 }, () => ({})))).rejects.toMatchObject({ name: 'ValidationException' });
    const long = { Detail: JSON.stringify({ text: 'x'.repeat(130 * 1024) }) };
    await expect(put(long, long)).rejects.toThrow(/over the limit/u);
  });
});

describe('a delivery that fails', () => {
  const retried = (more: JsonObject = {}) =>
    rule([{ Arn: lambdaArn, DeadLetterConfig: { Arn: queueArn('DeadLetters') }, ...more }]);

  test('is tried again with growing pauses until it succeeds', async () => {
    const at: number[] = [];
    const { cloud, put } = await givenBus([retried()], () => {
      at.push(cloud.clock.now());
      if (at.length < 4) throw new AwsError('ServiceException', 'out of order', 500);
    });
    await put({});
    await cloud.advance(60_000);
    const pauses = at.slice(1).map((time, index) => Math.round((time - Number(at[index])) / 1000));
    expect(pauses).toEqual([1, 2, 4]);
  });

  test('goes to the dead-letter queue after its retries, with what went wrong', async () => {
    const policy = { RetryPolicy: { MaximumRetryAttempts: 2 } };
    const { cloud, put, receive } = await givenBus([retried(policy)], () => {
      throw new AwsError('TooManyRequestsException', 'Rate exceeded', 429);
    });
    await put({});
    await cloud.advance(60_000);
    const [letter] = await receive('DeadLetters');
    expect(JSON.parse(String(letter?.Body))).toMatchObject({ source: 'quittance', detail: { id: 'pay_1' } });
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    expect(letter?.MessageAttributes).toEqual({
      RULE_ARN: text(ruleArn),
      TARGET_ARN: text(lambdaArn),
      ERROR_CODE: text('THROTTLING'),
      ERROR_MESSAGE: text('Rate exceeded'),
      RETRY_ATTEMPTS: { DataType: 'Number', StringValue: '2' },
      EXHAUSTED_RETRY_CONDITION: text('MaximumRetryAttempts'),
    });
  });

  test('goes there when the event grows too old, and at once when no retry can help', async () => {
    const old = { RetryPolicy: { MaximumEventAgeInSeconds: 60 } };
    const aged = await givenBus([retried(old)], () => {
      throw new AwsError('ServiceException', 'down', 500);
    });
    await aged.put({});
    await aged.cloud.advance(90_000);
    const [letter] = await aged.receive('DeadLetters');
    expect(letter?.MessageAttributes?.['EXHAUSTED_RETRY_CONDITION']).toMatchObject({
      StringValue: 'MaximumEventAgeInSeconds',
    });

    const denied = await givenBus([retried()], () => {
      throw new AwsError('AccessDeniedException', 'no', 403);
    });
    await denied.put({});
    await denied.cloud.settled();
    const [refused] = await denied.receive('DeadLetters');
    expect(refused?.MessageAttributes?.['ERROR_CODE']).toMatchObject({ StringValue: 'NO_PERMISSIONS' });
  });

  test('by a dropping fault is tried again, and a doubled one comes twice', async () => {
    const seen: Json[] = [];
    const { cloud, put } = await givenBus([retried()], (payload) => seen.push(payload['id'] ?? null));
    cloud.options.faults.deliver = (_service, batch) => ({ delivered: [], dropped: batch });
    await put({});
    await cloud.settled();
    expect(seen).toEqual([]);
    cloud.options.faults.deliver = (_service, batch) => ({ delivered: [...batch, ...batch], dropped: [] });
    await cloud.advance(2_000);
    expect(seen).toHaveLength(2);
    expect(seen[0]).toBe(seen[1]);
  });
});

describe('durability', () => {
  test('what was acknowledged before a stop is delivered by the next start', async () => {
    const first = await givenBus([rule([{ Arn: lambdaArn }])], () => {
      throw new AwsError('ServiceException', 'down', 500);
    });
    const { Entries } = await first.put({}, {});
    await closeAll();
    const seen: Json[] = [];
    const second = await givenBus(
      [rule([{ Arn: lambdaArn }])],
      (payload) => seen.push(payload['id'] ?? null),
      first.dataDir,
    );
    await second.cloud.advance(5_000);
    expect(seen.toSorted()).toEqual(Entries?.map(({ EventId }) => EventId).toSorted());
  });
});

describe('a rule', () => {
  test.each([
    ['a schedule', { ScheduleExpression: 'rate(1 minute)' }, /schedules of EventBridge Scheduler alone/u],
    ['a pattern that is not served', { EventPattern: { a: [{ cidr: 'x' }] } }, /Stack\/Rule.*cidr/u],
    ['a target that is not served', { Targets: [{ Id: 'a', Arn: 'arn:aws:sns:r:a:topic' }] }, /arn:aws:sns:r:a:topic/u],
  ])('with %s stops the start, by name', (_, more, message) => {
    const cloud = givenCloud([bus, rule([], more)]);
    closers.push(() => cloud.close());
    expect(() => createEventBus(cloud.options)).toThrow(message);
  });
});
