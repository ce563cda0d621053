import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { itemJson } from '../item-json.ts';
import type { CloudHere } from './cloud-here.ts';
import { operatorOptions } from './operator-dynamo.ts';

/**
 * Calls a function as an operator does from the console, by the id of its construct: what a daily schedule does, without
 * a day of everything else. Answers what it answers; `Event` does not wait for that.
 */
export async function invokeFunction(
  { cloud }: CloudHere,
  id: string,
  type: 'RequestResponse' | 'Event' = 'RequestResponse',
  payload?: unknown,
): Promise<unknown> {
  const found = cloud.assembly.resources.find(
    ({ type: resourceType, logicalId }) =>
      resourceType === 'AWS::Lambda::Function' && logicalId.replace(/[0-9A-F]{8}$/u, '') === id,
  );
  if (!found) throw new Error(`There is no function ${id}`);
  const client = new LambdaClient(operatorOptions({ cloud }));
  const answer = await client.send(
    new InvokeCommand({
      FunctionName: found.physicalId,
      InvocationType: type,
      ...(payload === undefined ? {} : { Payload: itemJson(payload) }),
    }),
  );
  client.destroy();
  const text = answer.Payload?.transformToString() ?? '';
  if (answer.FunctionError !== undefined) throw new Error(`${id} failed: ${answer.FunctionError} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
