import { afterEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '../../../local/kernel/aws-error.ts';
import type { Call, JsonObject, Resource } from '../../../local/kernel/service.ts';
import { createQueueService } from '../../../local/queue/queue-service.ts';
import { createScheduler } from '../../../local/scheduler/scheduler.ts';
import { givenCloud, givenLambda, queueResource, resource, temporaryFolder, text } from '../data-services/harness.ts';

const lambdaArn = 'arn:aws:lambda:eu-central-1:000000000000:function:Stack-Function';
const roleArn = 'arn:aws:iam::000000000000:role/Stack-Role';
const scheduleArn = 'arn:aws:scheduler:eu-central-1:000000000000:schedule/default/Stack-Schedule';
const minute = 60_000;

const closers: (() => Promise<void> | void)[] = [];
afterEach(closeAll);
async function closeAll() {
  for (const close of closers.splice(0).reverse()) await close();
}

function schedule(more: JsonObject = {}, target: JsonObject = {}): Resource {
  const properties = {
    ScheduleExpression: 'rate(5 minutes)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: lambdaArn, RoleArn: roleArn, ...target },
    ...more,
  };
  return resource('AWS::Scheduler::Schedule', 'Schedule', properties, { arn: scheduleArn });
}

type Handler = (payload: JsonObject, call: Call) => unknown;

function givenScheduler(resources: readonly Resource[], handler: Handler, dataDir = temporaryFolder()) {
  const cloud = givenCloud([...resources, queueResource('DeadLetters')], dataDir);
  const service = createScheduler(cloud.options);
  const queues = createQueueService(cloud.options);
  cloud.add(queues);
  cloud.add(givenLambda(handler));
  cloud.add(service);
  closers.push(() => cloud.close());
  service.start();
  return { cloud, service, queues, dataDir };
}

describe('a rate schedule', () => {
  test('runs at every interval, asynchronously and by the role of its target', async () => {
    const calls: Call[] = [];
    const { cloud } = givenScheduler([schedule()], (_, call) => calls.push(call));
    await cloud.advance(4 * minute);
    expect(calls).toHaveLength(0);
    await cloud.advance(62 * minute - 4 * minute);
    expect(calls).toHaveLength(12);
    expect(calls[0]).toMatchObject({
      caller: { kind: 'role', roleArn },
      input: { FunctionName: lambdaArn, InvocationType: 'Event' },
    });
  });

  test('sends the input of AWS when it has none of its own, one interval apart', async () => {
    const times: number[] = [];
    const { cloud } = givenScheduler([schedule()], (payload) => {
      expect(payload).toMatchObject({
        source: 'aws.scheduler',
        'detail-type': 'Scheduled Event',
        resources: [scheduleArn],
      });
      times.push(Date.parse(text(payload['time'])));
    });
    await cloud.advance(11 * minute);
    expect(times.map((time) => time - Number(times[0]))).toEqual([0, 5 * minute]);
  });

  test('puts its time and the id of its run into its input, and names the run of a workflow by it', async () => {
    const Input = '{"at":"<aws.scheduler.scheduled-time>","run":"<aws.scheduler.execution-id>"}';
    const Arn = 'arn:aws:states:eu-central-1:000000000000:stateMachine:Resolve';
    const { cloud } = givenScheduler([schedule({}, { Arn, Input })], () => null);
    const started: Call[] = [];
    cloud.add({ name: 'states', handle: (call) => Promise.resolve(started.push(call) > 0 ? {} : {}) });
    await cloud.advance(5 * minute + 1_000);
    const input = JSON.parse(text(started[0]?.input['input'])) as { at: string; run: string };
    expect(input.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u);
    expect(started[0]?.input).toMatchObject({ stateMachineArn: Arn, name: input.run });
  });

  test('makes up for one of the runs that were missed while the machine was off, and goes on in its rhythm', async () => {
    const first = givenScheduler([schedule()], () => null);
    await first.cloud.advance(6 * minute);
    await closeAll();

    const times: string[] = [];
    const second = givenCloud([schedule(), queueResource('DeadLetters')], first.dataDir);
    closers.push(() => second.close());
    await second.advance(22 * minute);
    const service = createScheduler(second.options);
    second.add(givenLambda((payload) => times.push(text(payload['time']))));
    second.add(service);
    service.start();
    await second.advance(1_000);
    expect(times).toHaveLength(1);
    await second.advance(5 * minute);
    expect(Date.parse(String(times[1])) - Date.parse(String(times[0]))).toBe(5 * minute);
  });

  test('that is disabled does not run', async () => {
    let runs = 0;
    const { cloud } = givenScheduler([schedule({ State: 'DISABLED' })], () => (runs += 1));
    await cloud.advance(30 * minute);
    expect(runs).toBe(0);
  });

  test('whose target fails for good leaves its input and its run in the dead-letter queue', async () => {
    const target = {
      Input: '{"a":1}',
      RetryPolicy: { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 300 },
      DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-central-1:000000000000:Stack-DeadLetters' },
    };
    const { cloud, queues } = givenScheduler([schedule({}, target)], () => {
      throw new AwsError('ServiceException', 'down', 500);
    });
    await cloud.advance(6 * minute);
    const answer = await queues.handle({
      operation: 'ReceiveMessage',
      input: { QueueUrl: 'https://sqs/0/Stack-DeadLetters', MessageAttributeNames: ['All'] },
      caller: { kind: 'operator' },
    });
    expect(answer['Messages']).toMatchObject([
      {
        Body: '{"a":1}',
        MessageAttributes: {
          SCHEDULE_ARN: { StringValue: scheduleArn },
          TARGET_ARN: { StringValue: lambdaArn },
          ERROR_CODE: { StringValue: 'ServiceException' },
          EXHAUSTED_RETRY_CONDITION: { StringValue: 'MaximumRetryAttempts' },
          RETRY_ATTEMPTS: { StringValue: '1' },
        },
      },
    ]);
  });
});

describe('a cron schedule', () => {
  const daily = schedule({
    ScheduleExpression: 'cron(30 16 * * ? *)',
    ScheduleExpressionTimezone: 'Europe/Berlin',
  });
  const inBerlin = (time: string) =>
    new Date(time).toLocaleString('en-GB', { timeZone: 'Europe/Berlin', timeStyle: 'short' });

  test('runs at its times in its time zone, whatever day and season it is', async () => {
    const times: string[] = [];
    const { cloud } = givenScheduler([daily], (payload) => times.push(text(payload['time'])));
    await cloud.advance(366 * 24 * 60 * minute);
    expect(new Set(times.map(inBerlin))).toEqual(new Set(['16:30']));
    expect(new Set(times.map((time) => time.slice(11))).size).toBe(2);
    expect([365, 366]).toContain(new Set(times).size);
    expect(times).toEqual(times.toSorted());
  });

  test('that is moved over its time stands there until the run is done', async () => {
    const seen: number[] = [];
    const { cloud } = givenScheduler([daily], (payload) => {
      seen.push(cloud.clock.now() - Date.parse(text(payload['time'])));
    });
    await cloud.advance(3 * 24 * 60 * minute);
    expect(seen).toHaveLength(3);
    for (const late of seen) expect(late).toBeLessThan(minute);
  });

  test('makes up for the latest of the runs that were missed, once', async () => {
    const first = givenScheduler([daily], () => null);
    await first.cloud.advance(24 * 60 * minute);
    await closeAll();

    const times: string[] = [];
    const second = givenCloud([daily, queueResource('DeadLetters')], first.dataDir);
    closers.push(() => second.close());
    await second.advance(10 * 24 * 60 * minute);
    const startedAt = second.clock.now();
    const service = createScheduler(second.options);
    second.add(givenLambda((payload) => times.push(text(payload['time']))));
    second.add(service);
    service.start();
    await second.advance(1_000);
    expect(times.map(inBerlin)).toEqual(['16:30']);
    expect(startedAt - Date.parse(String(times[0]))).toBeLessThanOrEqual(25 * 60 * minute);
  });

  test('begins anew in another time zone', async () => {
    const first = givenScheduler([daily], () => null);
    await closeAll();
    const moved = schedule({ ScheduleExpression: 'cron(30 16 * * ? *)', ScheduleExpressionTimezone: 'Asia/Tokyo' });
    const times: string[] = [];
    const { cloud } = givenScheduler([moved], (payload) => times.push(text(payload['time'])), first.dataDir);
    await cloud.advance(24 * 60 * minute);
    expect(times.map((time) => time.slice(11, 16))).toEqual(['07:30']);
  });
});

describe('a schedule that is not served', () => {
  test.each([
    [
      'cron for both days',
      { ScheduleExpression: 'cron(0 12 * * * *)' },
      {},
      /Stack\/Schedule runs at cron.+in UTC: exac/u,
    ],
    [
      'cron in no time zone',
      { ScheduleExpression: 'cron(0 12 * * ? *)', ScheduleExpressionTimezone: 'Europe/Atlantis' },
      {},
      /Stack\/Schedule runs at .+ the time zone "Europe\/Atlantis" does not exist/u,
    ],
    ['at', { ScheduleExpression: 'at(2026-12-24T18:00:00)' }, {}, /Stack\/Schedule runs at at/u],
    ['a flexible window', { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, {}, /flexible time window/u],
    ['a universal target', {}, { Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage' }, /not served/u],
    ['the number of the attempt', {}, { Input: '<aws.scheduler.attempt-number>' }, /attempt-number/u],
  ])('(%s) stops the start, by name', (_, more, target, message) => {
    const cloud = givenCloud([schedule(more, target)]);
    closers.push(() => cloud.close());
    expect(() => createScheduler(cloud.options)).toThrow(message);
  });
});
