import { createHash } from 'node:crypto';
import * as z from 'zod';
import { streamLabel } from '../assembly/resource-types.ts';
import { AwsError } from '../kernel/aws-error.ts';
import { isJsonArray, isJsonObject } from '../kernel/json.ts';
import type { Json, JsonObject, ServiceOptions } from '../kernel/service.ts';
import { streamArn, tableNameOf } from './arns.ts';
import type { CloudSecond } from './clock-offsets.ts';
import type { Endpoint } from './endpoint.ts';

/** DynamoDB Streams with the ARNs, ids and times of the embedded cloud. */
export interface Streams {
  handle(operation: string, input: JsonObject): Promise<JsonObject>;
}

type Place = Pick<ServiceOptions, 'region' | 'accountId'>;

const streamInput = z.looseObject({ StreamArn: z.string() });
const iteratorInput = z.looseObject({ ShardIterator: z.string() });
const listing = z.object({ Streams: z.array(z.looseObject({ TableName: z.string(), StreamArn: z.string() })) });

/** Speaks to the server about its own streams, whose ARNs change when a stream is switched off and on. */
export function createStreams(endpoint: Endpoint, place: Place, cloudSecond: CloudSecond): Streams {
  const serverArns = new Map<string, string>();
  const send = (operation: string, input: JsonObject): Promise<JsonObject> =>
    endpoint.send('DynamoDBStreams_20120810', operation, input);

  async function serverArn(table: string): Promise<string> {
    const known = serverArns.get(table);
    if (known !== undefined) return known;
    for (const stream of listing.parse(await send('ListStreams', { TableName: table })).Streams) {
      serverArns.set(stream.TableName, stream.StreamArn);
    }
    const found = serverArns.get(table);
    if (found !== undefined) return found;
    throw new AwsError('ResourceNotFoundException', `Requested resource not found: Stream of table ${table} not found`);
  }

  return {
    handle: async (operation, input) => {
      switch (operation) {
        case 'ListStreams':
          return list(place, await send(operation, withTableName(input)));
        case 'DescribeStream': {
          const { StreamArn } = parse(streamInput, input);
          const own = await serverArn(tableNameOf(StreamArn));
          return describe(StreamArn, await send(operation, { ...input, StreamArn: own }));
        }
        case 'GetShardIterator': {
          const { StreamArn } = parse(streamInput, input);
          const own = await serverArn(tableNameOf(StreamArn));
          return ownIterator(StreamArn, 'ShardIterator', await send(operation, { ...input, StreamArn: own }));
        }
        case 'GetRecords': {
          const { ShardIterator } = parse(iteratorInput, input);
          const [arn = '', , iterator = ''] = ShardIterator.split('|');
          const answer = await send(operation, { ...input, ShardIterator: iterator });
          return records(place, arn, cloudSecond, ownIterator(arn, 'NextShardIterator', answer));
        }
        default:
          throw new AwsError('UnknownOperationException', `The embedded cloud does not serve ${operation}.`);
      }
    },
  };
}

function parse<T>(schema: z.ZodType<T>, input: JsonObject): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new AwsError('ValidationException', z.prettifyError(parsed.error));
}

function withTableName(input: JsonObject): JsonObject {
  const { TableName, ...rest } = input;
  return typeof TableName === 'string' ? { ...rest, TableName: tableNameOf(TableName) } : rest;
}

function list(place: Place, answer: JsonObject): JsonObject {
  const streams = listing.parse(answer).Streams.map(({ TableName }) => ({
    TableName,
    StreamArn: streamArn(place, TableName),
    StreamLabel: streamLabel,
  }));
  return { ...answer, Streams: streams };
}

/** A stream has one shard that never closes; the server names an end for it, which AWS does for closed ones alone. */
function describe(arn: string, answer: JsonObject): JsonObject {
  const { StreamDescription: description } = answer;
  if (!isJsonObject(description)) return answer;
  const { Shards } = description;
  const shards = isJsonArray(Shards) ? Shards.map(openShard) : [];
  return { StreamDescription: { ...description, StreamArn: arn, StreamLabel: streamLabel, Shards: shards } };
}

function openShard(shard: Json): Json {
  if (!isJsonObject(shard)) return shard;
  const { SequenceNumberRange: range } = shard;
  if (!isJsonObject(range)) return shard;
  const { StartingSequenceNumber = '1' } = range;
  return { ...shard, SequenceNumberRange: { StartingSequenceNumber } };
}

/** As on AWS an iterator begins with its stream's ARN: so IAM can judge GetRecords. */
function ownIterator(arn: string, member: string, answer: JsonObject): JsonObject {
  const iterator = answer[member];
  return typeof iterator === 'string' ? { ...answer, [member]: `${arn}|1|${iterator}` } : answer;
}

function records(place: Place, arn: string, cloudSecond: CloudSecond, answer: JsonObject): JsonObject {
  const { Records: found } = answer;
  if (!isJsonArray(found)) return answer;
  return { ...answer, Records: found.map((record) => ownRecord(place, arn, cloudSecond, record)) };
}

function ownRecord(place: Place, arn: string, cloudSecond: CloudSecond, record: Json): Json {
  if (!isJsonObject(record)) return record;
  const { dynamodb: change } = record;
  if (!isJsonObject(change)) return record;
  const { SequenceNumber: sequence, ApproximateCreationDateTime: created } = change;
  return {
    ...record,
    // The server counts its event ids per table; consumers may take them as unique.
    eventID: createHash('md5')
      .update(`${arn}|${typeof sequence === 'string' ? sequence : ''}`)
      .digest('hex'),
    awsRegion: place.region,
    dynamodb: {
      ...change,
      ...(typeof created === 'number' ? { ApproximateCreationDateTime: cloudSecond(created) } : {}),
    },
  };
}
