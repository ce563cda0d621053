import { AwsError } from '../kernel/aws-error.ts';
import { isJsonArray, isJsonObject } from '../kernel/json.ts';
import type { Json, JsonObject } from '../kernel/service.ts';

/** DynamoDB's quotas: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html. */
const transactionItems = 100;
const batchWriteItems = 25;
const batchGetItems = 100;
const membershipOperands = 100;
/** Below this length an expression cannot list more than the allowed operands. */
const longMembership = 2 * membershipOperands;

/**
 * Refuses what exceeds a quota that the native server does not know (operands of IN), or that it refuses with the
 * whole request in its message: such a message ends in logs, and requests hold what must not.
 */
export function checkLimits(operation: string, input: JsonObject): void {
  switch (operation) {
    case 'TransactWriteItems':
    case 'TransactGetItems':
      refuseAbove(transactionItems, lengthOf(input['TransactItems']), 'transactItems');
      break;
    case 'BatchWriteItem':
      refuseAbove(batchWriteItems, batchLength(input, lengthOf), 'requestItems');
      break;
    case 'BatchGetItem': {
      const keys = (of: Json): number => (isJsonObject(of) ? lengthOf(of['Keys']) : 0);
      refuseAbove(batchGetItems, batchLength(input, keys), 'requestItems');
      break;
    }
    default:
      checkMembership(input);
  }
}

function checkMembership(input: JsonObject): void {
  for (const name of ['FilterExpression', 'ConditionExpression'] as const) {
    const expression = input[name];
    if (typeof expression !== 'string' || expression.length <= longMembership) continue;
    for (const [, operands = ''] of expression.matchAll(/\bIN\s*\(([^)]*)\)/giu)) {
      if (operands.split(',').length <= membershipOperands) continue;
      throw new AwsError(
        'ValidationException',
        `Invalid ${name}: The IN operator is provided with too many operands; number of operands: ` +
          String(operands.split(',').length),
      );
    }
  }
}

function refuseAbove(limit: number, count: number, member: string): void {
  if (count <= limit) return;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ` +
      `Member must have length less than or equal to ${String(limit)}`,
  );
}

function batchLength(input: JsonObject, count: (requests: Json) => number): number {
  const items = input['RequestItems'];
  if (!isJsonObject(items)) return 0;
  return Object.values(items).reduce<number>((total, requests) => total + count(requests), 0);
}

function lengthOf(value: Json | undefined): number {
  return isJsonArray(value) ? value.length : 0;
}
