import * as z from 'zod';
import { AwsError } from '../kernel/aws-error.ts';
import { isJsonObject } from '../kernel/json.ts';
import type { Dispatch, JsonObject } from '../kernel/service.ts';
import type { StreamMapping } from './mapping-definition.ts';

/** One record of a stream. */
export interface StreamRecord {
  readonly sequence: string;
  /** When it was written, epoch seconds of the cloud's clock. */
  readonly createdAt: number;
  /** Whether it is one for the function. */
  readonly matches: boolean;
  /** As the function sees it, JSON text; empty for a record that is not for it. */
  readonly text: string;
}

const description = z.object({
  StreamDescription: z.object({ Shards: z.array(z.object({ ShardId: z.string() })) }),
});
const iteratorAnswer = z.object({ ShardIterator: z.string() });
const recordsAnswer = z.object({ Records: z.array(z.unknown()), NextShardIterator: z.string().optional() });
const change = z.object({ SequenceNumber: z.string(), ApproximateCreationDateTime: z.number() });

/** How many records one read asks for; fewer are an answer's whole rest of the stream. */
export const mostRecords = 1_000;

/** Reads a stream onwards as the function's role. A local stream has one shard, which never closes. */
export class StreamReader {
  readonly #dispatch: Dispatch;
  readonly #mapping: StreamMapping;
  #shardId: string | undefined;
  #iterator: string | undefined;

  constructor(dispatch: Dispatch, mapping: StreamMapping) {
    this.#dispatch = dispatch;
    this.#mapping = mapping;
  }

  /** The shard's id, once something was read. */
  shardId(): string {
    return this.#shardId ?? '';
  }

  /** Forgets its place: the next read begins behind the sequence number that it is given. */
  reset(): void {
    this.#iterator = undefined;
  }

  /** Reads the next records; `after` counts only for the first read after a reset. An empty list: nothing new. */
  async read(after: string | null): Promise<readonly StreamRecord[]> {
    try {
      this.#iterator ??= await this.#openIterator(after);
      const answer = await this.#call('GetRecords', { ShardIterator: this.#iterator, Limit: mostRecords });
      const { Records, NextShardIterator } = recordsAnswer.parse(answer);
      this.#iterator = NextShardIterator;
      return Records.map((record) => this.#toStreamRecord(record));
    } catch (error) {
      this.reset();
      throw error;
    }
  }

  async #openIterator(after: string | null): Promise<string> {
    const { sourceArn: StreamArn } = this.#mapping;
    if (this.#shardId === undefined) {
      // Lambda takes a mapping only when the role may list the streams too, so that a missing right shows here as there.
      await this.#call('ListStreams', { TableName: tableOf(StreamArn) });
      const described = description.parse(await this.#call('DescribeStream', { StreamArn }));
      this.#shardId = described.StreamDescription.Shards.at(-1)?.ShardId;
    }
    if (this.#shardId === undefined) {
      throw new AwsError('ResourceNotFoundException', `The stream ${StreamArn} has no shard.`);
    }
    const start =
      after === null
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after };
    const answer = await this.#call('GetShardIterator', { StreamArn, ShardId: this.#shardId, ...start });
    return iteratorAnswer.parse(answer).ShardIterator;
  }

  #call(operation: string, input: JsonObject): Promise<JsonObject> {
    const caller = { kind: 'role', roleArn: this.#mapping.roleArn } as const;
    return this.#dispatch('dynamodb', { operation, input, caller });
  }

  #toStreamRecord(record: unknown): StreamRecord {
    if (!isJsonObject(record)) throw new TypeError('The stream holds a record that is no object.');
    const { SequenceNumber, ApproximateCreationDateTime } = change.parse(record['dynamodb']);
    const matches = this.#mapping.matches(record);
    return {
      sequence: SequenceNumber,
      createdAt: ApproximateCreationDateTime,
      matches,
      text: matches ? JSON.stringify({ ...record, eventSourceARN: this.#mapping.sourceArn }) : '',
    };
  }
}

/** The table's name in a stream's ARN: `arn:aws:dynamodb:<region>:<account>:table/<name>/stream/<label>`. */
function tableOf(streamArn: string): string {
  return streamArn.split('/')[1] ?? '';
}
