import { afterEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '../../../local/kernel/aws-error.ts';
import type { FunctionWorld, WorldOptions } from './function-world.ts';
import { accountId, arnOf, eventually, givenFunctions } from './function-world.ts';

let world: FunctionWorld | undefined;

async function given(options: WorldOptions): Promise<FunctionWorld> {
  world = await givenFunctions(options);
  return world;
}

afterEach(async () => {
  await world?.close();
  world = undefined;
});

const echo = 'export const handler = async (event: unknown) => event;';

describe('errors', () => {
  test('what a handler throws is reported with type, message and trace, and logged', async () => {
    const { invoke, lines } = await given({
      bundles: {
        failing:
          'class CardDeclined extends Error { name = "CardDeclined"; } export const handler = async () => { throw new CardDeclined("no funds"); };',
      },
    });
    const answer = await invoke('failing');
    expect(answer).toMatchObject({
      StatusCode: 200,
      FunctionError: 'Unhandled',
      payload: { errorType: 'CardDeclined', errorMessage: 'no funds' },
    });
    expect((answer.payload as { trace: string[] }).trace[0]).toBe('CardDeclined: no funds');
    expect(JSON.parse(lines[0]?.line ?? '')).toMatchObject({ level: 'ERROR', message: { errorType: 'CardDeclined' } });
  });

  test('a handler that throws at once, or throws no error, is reported too', async () => {
    const { invoke } = await given({
      bundles: {
        sync: 'export const handler = () => { throw new Error("at once"); };',
        text: 'export const handler = async () => { throw "only text"; };',
      },
    });
    expect((await invoke('sync')).payload).toMatchObject({ errorType: 'Error', errorMessage: 'at once' });
    expect((await invoke('text')).payload).toEqual({ errorType: 'string', errorMessage: 'only text', trace: [] });
  });

  test('a bundle that throws while loading fails its invocation and is loaded again at the next one', async () => {
    const { invoke } = await given({
      bundles: {
        flaky: `import { existsSync, writeFileSync } from 'node:fs';
          const marker = process.env.LAMBDA_TASK_ROOT + '/marker';
          if (!existsSync(marker)) { writeFileSync(marker, ''); throw new RangeError('not configured'); }
          export const handler = async () => 'ready';`,
      },
    });
    expect(await invoke('flaky')).toMatchObject({
      FunctionError: 'Unhandled',
      payload: { errorType: 'RangeError', errorMessage: 'not configured' },
    });
    expect((await invoke('flaky')).payload).toBe('ready');
  });

  test('missing files, exports, modules and bad syntax have the names of the runtime', async () => {
    const { invoke } = await given({
      bundles: {
        noFile: { code: echo, properties: { Handler: 'other.handler' } },
        noExport: { code: echo, properties: { Handler: 'index.missing' } },
        noModule: { code: "require('left-pad');", raw: true },
        // It is in a folder above the bundle on this machine, but not in AWS.
        notDeployed: { code: `require(${JSON.stringify(import.meta.filename)});`, raw: true },
        badSyntax: { code: 'exports.handler = async () => {', raw: true },
        callback: 'export const handler = (event: unknown, context: unknown, callback: () => void) => callback();',
      },
    });
    const typeOf = async (name: string) => ((await invoke(name)).payload as { errorType: string }).errorType;
    expect(await typeOf('noFile')).toBe('Runtime.ImportModuleError');
    expect(await typeOf('noExport')).toBe('Runtime.HandlerNotFound');
    expect(await typeOf('noModule')).toBe('Runtime.ImportModuleError');
    expect(await typeOf('notDeployed')).toBe('Runtime.ImportModuleError');
    expect(await typeOf('badSyntax')).toBe('Runtime.UserCodeSyntaxError');
    expect(await typeOf('callback')).toBe('Runtime.CallbackHandlerDeprecated');
  });

  test('unknown functions and operations are refused with the codes of AWS', async () => {
    const { functions, invoke } = await given({ bundles: { echo } });
    await expect(invoke('stranger')).rejects.toMatchObject({ code: 'ResourceNotFoundException', statusCode: 404 });
    await expect(invoke(`${arnOf('echo')}:7`)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    await expect(
      functions.handle({ operation: 'CreateFunction', input: {}, caller: { kind: 'operator' } }),
    ).rejects.toBeInstanceOf(AwsError);
    await expect(
      functions.handle({
        operation: 'Invoke',
        input: { FunctionName: 'echo', Payload: '{' },
        caller: { kind: 'operator' },
      }),
    ).rejects.toMatchObject({ code: 'InvalidRequestContentException' });
  });

  test('a function is found by its name, its ARN and its partial ARN, and rights are asked for its ARN', async () => {
    const { functions, invoke } = await given({ bundles: { echo } });
    for (const FunctionName of [
      'echo',
      arnOf('echo'),
      `${accountId}:function:echo`,
      'echo:$LATEST',
      `${arnOf('echo')}:$LATEST`,
    ]) {
      expect((await invoke(FunctionName, 1)).payload).toBe(1);
      const call = { operation: 'Invoke', input: { FunctionName }, caller: { kind: 'operator' } } as const;
      expect(functions.access(call)).toEqual([{ action: 'lambda:InvokeFunction', resource: arnOf('echo') }]);
    }
  });
});

describe('limits', () => {
  test('payloads over 6 MB, events over 1 MB and answers over 6 MB are refused', async () => {
    const { invoke, invokeEvent } = await given({
      bundles: { echo, big: 'export const handler = async () => "x".repeat(6 * 1024 * 1024 + 200);' },
    });
    await expect(invoke('echo', 'x'.repeat(6 * 1024 * 1024))).rejects.toMatchObject({
      code: 'RequestTooLargeException',
      statusCode: 413,
    });
    await expect(invokeEvent('echo', 'x'.repeat(1024 * 1024))).rejects.toMatchObject({
      code: 'RequestTooLargeException',
    });
    expect(await invoke('big')).toMatchObject({
      FunctionError: 'Unhandled',
      payload: { errorType: 'Function.ResponseSizeTooLarge' },
    });
  });

  test('a function at its reserved concurrency is throttled, others are not', async () => {
    const waiting =
      'export const handler = async () => { await fetch(process.env.AWS_ENDPOINT_URL!); return "done"; };';
    let release: (answer: string) => void = () => undefined;
    const held = new Promise<string>((resolve) => (release = resolve));
    const { invoke, received } = await given({
      bundles: { waiting: { code: waiting, properties: { ReservedConcurrentExecutions: 1 } }, echo },
      answerRequest: () => held,
    });
    const first = invoke('waiting');
    await eventually(() => received.length === 1, 'the first invocation is under way');
    await expect(invoke('waiting')).rejects.toMatchObject({ code: 'TooManyRequestsException', statusCode: 429 });
    expect((await invoke('echo', 'free')).payload).toBe('free');
    release('{}');
    expect((await first).payload).toBe('done');
    expect((await invoke('waiting')).payload).toBe('done');
  });

  test('templates that AWS would refuse are refused at start, by the name of the function', async () => {
    const refuse = async (properties: Record<string, never> | object) =>
      given({ bundles: { odd: { code: echo, properties: properties as never } } }).then(
        () => 'taken',
        (error: unknown) => String(error),
      );
    expect(await refuse({ Environment: { Variables: { AWS_REGION: 'x' } } })).toContain('odd sets AWS_REGION');
    expect(await refuse({ Environment: { Variables: { LONG: 'x'.repeat(4_096) } } })).toContain('4100 bytes');
    expect(await refuse({ ReservedConcurrentExecutions: 901 })).toContain('901');
    expect(await refuse({ Runtime: 'python3.14' })).toContain('odd');
    expect(await refuse({ DeadLetterConfig: { TargetArn: 'arn:aws:sns:eu-central-1:0:topic' } })).toContain('only SQS');
  });
});
