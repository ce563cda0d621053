import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  cancellationReasons,
  isConditionalCheckFailed,
  isPassingCancellation,
} from '../../../adapters/dynamodb/errors.ts';
import { outlastConflicts } from '../../../adapters/dynamodb/outlast-conflicts.ts';
import { transactWrite } from '../../../adapters/dynamodb/transact.ts';

type Answer = 'ok' | 'lost' | 'broken' | readonly string[];

/** A server that gives these answers in turn, the last one for ever, and remembers each call's request token. */
async function givenServer(...answers: readonly Answer[]) {
  const tokens: unknown[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const answer = answers[Math.min(tokens.length, answers.length - 1)] ?? 'ok';
      tokens.push((JSON.parse(body) as { ClientRequestToken: string }).ClientRequestToken);
      if (answer === 'lost') return void response.destroy();
      const [status, content] = toResponse(answer);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(content));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  outlastConflicts(client);
  const close = async () => {
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { client, tokens, close };
}

function toResponse(answer: Exclude<Answer, 'lost'>): [number, unknown] {
  if (answer === 'ok') return [200, {}];
  if (answer === 'broken') return [400, { __type: 'com.amazonaws.dynamodb#ValidationException', message: 'no' }];
  const CancellationReasons = answer.map((Code) => ({ Code }));
  return [400, { __type: 'com.amazonaws.dynamodb#TransactionCanceledException', CancellationReasons, Message: 'no' }];
}

async function whenWritten(...answers: readonly Answer[]) {
  const { client, tokens, close } = await givenServer(...answers);
  try {
    await transactWrite(client, [{ Delete: { TableName: 't', Key: { pk: { S: 'a' } } } }]);
    return { tokens, reasons: undefined };
  } catch (error) {
    return { tokens, reasons: cancellationReasons(error) };
  } finally {
    await close();
  }
}

describe('transactWrite', () => {
  test('tries again after conflicts and throttling, all tries under one request token', async () => {
    const { tokens, reasons } = await whenWritten(['None', 'TransactionConflict'], ['ThrottlingError', 'None'], 'ok');
    expect(reasons).toBeUndefined();
    expect(tokens).toHaveLength(3);
    expect(new Set(tokens).size).toBe(1);
  });

  test('tries again under the same token when an answer gets lost', async () => {
    const { tokens, reasons } = await whenWritten('lost', ['TransactionConflict'], 'ok');
    expect(reasons).toBeUndefined();
    expect(new Set(tokens).size).toBe(1);
    expect(tokens).toHaveLength(3);
  });

  test('does not try again when a condition failed, whatever conflicted beside it', async () => {
    const { tokens, reasons } = await whenWritten(['ConditionalCheckFailed', 'TransactionConflict']);
    expect(tokens).toHaveLength(1);
    expect(reasons).toEqual(['ConditionalCheckFailed', 'TransactionConflict']);
  });

  test('gives up after six tries', async () => {
    const { tokens, reasons } = await whenWritten(['TransactionConflict']);
    expect(tokens).toHaveLength(6);
    expect(reasons).toEqual(['TransactionConflict']);
  });

  test('does not try again what can never be right', async () => {
    const { tokens } = await whenWritten('broken');
    expect(tokens).toHaveLength(1);
  });

  test('begins each write with a token of its own', async () => {
    const [first, second] = [await whenWritten('ok'), await whenWritten('ok')];
    expect(first.tokens).not.toEqual(second.tokens);
  });
});

describe('errors', () => {
  const cancelled = (...codes: readonly (string | undefined)[]) =>
    new TransactionCanceledException({
      message: 'no',
      $metadata: {},
      CancellationReasons: codes.map((Code) => (Code === undefined ? {} : { Code })),
    });

  test('a cancellation has a reason for each item, and other errors none', () => {
    expect(cancellationReasons(cancelled('None', 'ConditionalCheckFailed', undefined))).toEqual([
      'None',
      'ConditionalCheckFailed',
      'None',
    ]);
    expect(cancellationReasons(new Error('no'))).toEqual([]);
    expect(cancellationReasons(undefined)).toEqual([]);
  });

  test('a cancellation passes when nothing but conflict and throttling caused it', () => {
    expect(isPassingCancellation(cancelled('None', 'TransactionConflict', 'ThrottlingError'))).toBe(true);
    expect(isPassingCancellation(cancelled('None', 'ValidationError'))).toBe(false);
    expect(isPassingCancellation(cancelled('None'))).toBe(false);
    expect(isPassingCancellation(new Error('TransactionConflict'))).toBe(false);
  });

  test('a failed condition is told from other failures', () => {
    expect(isConditionalCheckFailed(new ConditionalCheckFailedException({ message: 'no', $metadata: {} }))).toBe(true);
    expect(isConditionalCheckFailed(cancelled('ConditionalCheckFailed'))).toBe(false);
  });
});
