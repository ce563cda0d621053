import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Exception, ExceptionState } from '../../core/exceptions/exception.ts';
import { stateOf } from '../../core/exceptions/exception.ts';
import type {
  ExceptionBook,
  ExceptionLists,
  ExceptionPage,
  ExceptionPosition,
  ExceptionQuery,
} from '../../core/exceptions/ports.ts';
import { conditionHeld } from './errors.ts';
import { exceptionKey, seenKey, toException, toExceptionItem } from './exception-item.ts';
import { filteredPage, itemsInOrder } from './filtered-page.ts';

/** The exceptions table (docs/architecture.md, "Tables"). Each write answers what it did, so that twice is once. */
export function dynamoExceptionBook(client: DynamoDBClient, tableName: string): ExceptionBook & ExceptionLists {
  return {
    open: async (exception) => {
      const put = new PutItemCommand({
        TableName: tableName,
        Item: toExceptionItem(exception),
        ConditionExpression: 'attribute_not_exists(pk)',
      });
      return (await conditionHeld(client.send(put))) ? 'opened' : 'exists';
    },
    resolve: async (id, resolvedAt) => {
      const update = new UpdateItemCommand({
        TableName: tableName,
        Key: exceptionKey(id),
        UpdateExpression: 'SET #state = :resolved, resolvedAt = :at, #version = #version + :one',
        ConditionExpression: '#state = :open',
        ExpressionAttributeNames: { '#state': 'state', '#version': 'version' },
        ExpressionAttributeValues: {
          ':resolved': { S: 'resolved' },
          ':open': { S: 'open' },
          ':at': { S: resolvedAt },
          ':one': { N: '1' },
        },
      });
      return (await conditionHeld(client.send(update))) ? 'resolved' : 'notOpen';
    },
    list: (query) => list(client, tableName, query),
  };
}

/** The index holds keys alone: the exceptions themselves are read in one batch and filtered by what they are by then. */
async function list(client: DynamoDBClient, tableName: string, query: ExceptionQuery): Promise<ExceptionPage> {
  const { found, next } = await filteredPage(query, {
    positionsAfter: (position: ExceptionPosition | undefined) => newest(client, tableName, query, position),
    readAll: async (positions) => {
      const keys = positions.map(({ id }) => exceptionKey(id));
      return (await itemsInOrder(client, tableName, keys)).map((item) => item && toException(item));
    },
    matches: (exception: Exception) => matches(exception, query),
  });
  return { exceptions: found, next };
}

function matches(exception: Exception, { state, kind }: ExceptionQuery): boolean {
  return (state === undefined || stateOf(exception) === state) && (kind === undefined || exception.kind === kind);
}

/** The newest positions of the states asked for, joined in their order. */
async function newest(
  client: DynamoDBClient,
  tableName: string,
  query: ExceptionQuery,
  after: ExceptionPosition | undefined,
): Promise<readonly ExceptionPosition[]> {
  const states: readonly ExceptionState[] = query.state === undefined ? ['open', 'resolved'] : [query.state];
  const lists = await Promise.all(states.map((state) => ofState(client, tableName, state, query, after)));
  const positions = new Map(lists.flat().map((position) => [position.id, position]));
  return [...positions.values()]
    .toSorted((one, other) => (seenKey(one) < seenKey(other) ? 1 : -1))
    .slice(0, query.limit);
}

async function ofState(
  client: DynamoDBClient,
  tableName: string,
  state: ExceptionState,
  { limit, from, to }: ExceptionQuery,
  after: ExceptionPosition | undefined,
): Promise<readonly ExceptionPosition[]> {
  const last = to === undefined ? '9' : `${to}#~`;
  const { Items: items = [] } = await client.send(
    new QueryCommand({
      TableName: tableName,
      IndexName: 'byState',
      KeyConditionExpression: '#state = :state AND seenKey BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':state': { S: state },
        ':from': { S: from ?? '0' },
        ':to': { S: after && seenKey(after) < last ? seenKey(after) : last },
      },
      ScanIndexForward: false,
      // One more, since the range includes the row where the last page ended.
      Limit: limit + 1,
    }),
  );
  return items.flatMap(toPosition).filter((position) => !after || seenKey(position) < seenKey(after));
}

function toPosition({ pk, seenKey: key }: Record<string, AttributeValue>): readonly ExceptionPosition[] {
  const [firstSeen = ''] = (key?.S ?? '').split('#');
  return pk?.S === undefined ? [] : [{ id: pk.S, firstSeen }];
}
