import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import { parseJson } from '../kernel/json.ts';
import type { Json } from '../kernel/service.ts';
import { longestDataBytes } from './interpreter/limits.ts';
import { operation } from './operation.ts';
import type { Operation } from './operation.ts';
import type { TaskTokens } from './task-tokens.ts';

const tokenInput = z.looseObject({ taskToken: z.string().min(1).max(2048) });
const successInput = tokenInput.extend({ output: z.string() });
const failureInput = tokenInput.extend({
  error: z.string().max(256).default('States.TaskFailed'),
  cause: z.string().max(32_768).default(''),
});

/** What is said of tasks by their tokens. The right is on the state machine, as CDK's grantTaskResponse gives it. */
export function tokenOperations({ tokens }: { readonly tokens: TaskTokens }): Readonly<Record<string, Operation>> {
  const onMachine =
    (action: string) =>
    ({ taskToken }: { taskToken: string }) => [{ action, resource: tokens.stateMachineOf(taskToken) ?? '*' }];
  return {
    SendTaskSuccess: operation(successInput, onMachine('states:SendTaskSuccess'), ({ taskToken, output }) => {
      tokens.answer(taskToken, { kind: 'succeeded', output: readOutput(output) });
      return {};
    }),
    SendTaskFailure: operation(failureInput, onMachine('states:SendTaskFailure'), ({ taskToken, error, cause }) => {
      tokens.answer(taskToken, { kind: 'failed', error, cause });
      return {};
    }),
    SendTaskHeartbeat: operation(tokenInput, onMachine('states:SendTaskHeartbeat'), ({ taskToken }) => {
      tokens.heartbeat(taskToken);
      return {};
    }),
  };
}

function readOutput(output: string): Json {
  if (Buffer.byteLength(output) <= longestDataBytes) {
    try {
      return parseJson(output);
    } catch {
      // Refused below.
    }
  }
  throw new AwsError('InvalidOutput', "Invalid Output: 'The output is no JSON, or larger than 256 KB'");
}
