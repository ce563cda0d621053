import type { BatchGetItemCommandInput, BatchGetItemCommandOutput } from '@aws-sdk/client-dynamodb';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { outlastConflicts } from '../../adapters/dynamodb/outlast-conflicts.ts';

/** A client as functions have it, made for this server. */
export function clientOf(endpoint: string): DynamoDBClient {
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 3,
  });
  outlastConflicts(client);
  readItemByItem(client);
  return client;
}

/** What a function's death looks like to whoever called it: nothing is known of the call that was under way. */
export class Died extends Error {
  override readonly name = 'Died';
}

/**
 * Lets calls go wrong, by `random`: some are lost for good, before or after they took effect, and of some only the
 * answer is lost once, so that the SDK sends them again.
 */
export function losesCalls(client: DynamoDBClient, share: number, random: () => number): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      if (random() < share) throw new Died('before it took effect');
      const answer = await next(args);
      if (random() < share) throw new Died('after it took effect');
      return answer;
    },
    { name: 'dies', step: 'initialize', priority: 'high' },
  );
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      if (random() < share) throw Object.assign(new Error('the answer is lost'), { $retryable: { throttling: false } });
      return answer;
    },
    { name: 'losesAnswers', step: 'finalizeRequest', priority: 'low' },
  );
}

/** DynamoDB promises nothing about the items of a batch together: each is read for itself, in any order. */
function readItemByItem(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      if (!isBatchGet(args.input)) return next(args);
      const [[TableName, wanted] = ['', undefined]] = Object.entries(args.input.RequestItems ?? {});
      const items = [];
      for (const Key of wanted?.Keys?.toReversed() ?? []) {
        const { Item: item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
        if (item) items.push(item);
      }
      const output: BatchGetItemCommandOutput = { $metadata: {}, Responses: { [TableName]: items } };
      return { output, response: undefined };
    },
    { name: 'readsItemByItem', step: 'initialize', priority: 'low' },
  );
}

function isBatchGet(input: object): input is BatchGetItemCommandInput {
  return 'RequestItems' in input;
}

/** The planted bug: whatever was decided on what was read is written, and nothing asks whether it still holds. */
export function writesWithoutConditions(client: DynamoDBClient): void {
  client.middlewareStack.add((next) => (args) => next({ ...args, input: withoutConditions(args.input) }), {
    name: 'writesWithoutConditions',
    step: 'initialize',
    priority: 'low',
  });
}

interface Write {
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
}

function withoutConditions<Input extends object>(input: Input): Input {
  if ('TransactItems' in input && Array.isArray(input.TransactItems)) {
    const items = input.TransactItems.map((item: Record<string, Write>) =>
      Object.fromEntries(Object.entries(item).map(([kind, write]) => [kind, withoutCondition(write)])),
    );
    return { ...input, TransactItems: items };
  }
  return withoutCondition(input);
}

function withoutCondition<Input extends Write>(write: Input): Input {
  if (write.ConditionExpression === undefined) return write;
  const { ConditionExpression: _left, ...rest } = write;
  // DynamoDB refuses names and values that no expression uses.
  const used = (members: Readonly<Record<string, unknown>> | undefined) => {
    const kept = Object.entries(members ?? {}).filter(([name]) =>
      new RegExp(`${name}\\b`, 'u').test(write.UpdateExpression ?? ''),
    );
    return kept.length === 0 ? undefined : Object.fromEntries(kept);
  };
  return {
    ...rest,
    ExpressionAttributeNames: used(write.ExpressionAttributeNames),
    ExpressionAttributeValues: used(write.ExpressionAttributeValues),
  } as unknown as Input;
}
