import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { _Record, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  ResourceNotFoundException,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import type { StreamPlace } from '../../core/events/ports.ts';

/** One record of a stream: its place, and the item that was written. */
interface StreamedItem {
  readonly sequence: bigint;
  readonly isNew: boolean;
  readonly item: Record<string, AttributeValue>;
}

/** A stretch of a shard that was read without a gap. */
interface Passage {
  readonly shard: string;
  /** The sequence number from which on `items` has all that was written. */
  readonly first: bigint;
  readonly items: readonly StreamedItem[];
  /** Where the shard goes on; undefined when it has ended. */
  readonly next: string | undefined;
}

/** A shard that is still written to may answer empty pages, but not for ever. */
const mostPages = 50;

export interface StreamReader {
  /** The items written at a place, or `trimmed` when the stream has forgotten the first of them. */
  at(place: StreamPlace): Promise<readonly StreamedItem[] | 'trimmed'>;
}

/**
 * Reads places of a stream again. An answer holds up to a thousand records, and places come in their order: so the last
 * passage is kept, and most places need no call of their own.
 */
export function dynamoStreamReader(client: DynamoDBStreamsClient): StreamReader {
  let passage: Passage | undefined;
  return {
    at: async (place) => {
      const [first, last] = [BigInt(place.first), BigInt(place.last)];
      try {
        passage = passage && covers(passage, place) ? from(passage, first) : await open(client, place);
        for (let page = 0; page < mostPages && !reaches(passage, last); page += 1) {
          passage = await readOn(client, passage);
        }
        const found = passage.items.filter(({ sequence }) => sequence <= last);
        // A stream that has forgotten the place goes on with what it still has.
        return found[0]?.sequence === first ? found : 'trimmed';
      } catch (error) {
        passage = undefined;
        if (error instanceof TrimmedDataAccessException || error instanceof ResourceNotFoundException) return 'trimmed';
        throw error;
      }
    },
  };
}

function covers({ shard, first, items }: Passage, place: StreamPlace): boolean {
  const end = items.at(-1)?.sequence ?? first;
  return shard === shardOf(place) && BigInt(place.first) >= first && BigInt(place.first) <= end;
}

/** What came before is behind us: a sweep of a whole day would keep it all in memory. */
function from(passage: Passage, first: bigint): Passage {
  return { ...passage, first, items: passage.items.filter(({ sequence }) => sequence >= first) };
}

function reaches({ items, next }: Passage, last: bigint): boolean {
  return next === undefined || (items.at(-1)?.sequence ?? -1n) >= last;
}

function shardOf({ streamArn, shardId }: StreamPlace): string {
  return `${streamArn} ${shardId}`;
}

async function open(client: DynamoDBStreamsClient, place: StreamPlace): Promise<Passage> {
  const { ShardIterator: next } = await client.send(
    new GetShardIteratorCommand({
      StreamArn: place.streamArn,
      ShardId: place.shardId,
      ShardIteratorType: 'AT_SEQUENCE_NUMBER',
      SequenceNumber: place.first,
    }),
  );
  return { shard: shardOf(place), first: BigInt(place.first), items: [], next };
}

async function readOn(client: DynamoDBStreamsClient, passage: Passage): Promise<Passage> {
  const { Records: records = [], NextShardIterator: next } = await client.send(
    new GetRecordsCommand({ ShardIterator: passage.next }),
  );
  return { ...passage, items: [...passage.items, ...records.flatMap(toStreamedItem)], next };
}

function toStreamedItem({ eventName, dynamodb }: _Record): readonly StreamedItem[] {
  if (dynamodb?.SequenceNumber === undefined) return [];
  const { SequenceNumber: sequence, NewImage: item = {} } = dynamodb;
  return [{ sequence: BigInt(sequence), isNew: eventName === 'INSERT', item }];
}
