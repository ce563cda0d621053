import type { ServiceOptions } from '../kernel/service.ts';
import { AwsError } from '../kernel/aws-error.ts';
import { isRetryable } from '../event-bus/targets.ts';
import type { Checkpoints, Part, Position } from './checkpoints.ts';
import { sendToFailureDestination } from './failure-destination.ts';
import { invokeWithRecords } from './invocation.ts';
import type { StreamMapping } from './mapping-definition.ts';
import { StreamReader, mostRecords } from './stream-reader.ts';
import type { StreamRecord } from './stream-reader.ts';
import { WorkerLoop } from './worker-loop.ts';

/** Lambda's limit for a synchronous payload, less what surrounds the records. */
const largestBatchBytes = 6 * 1024 * 1024 - 1024;

type ConsumerOptions = Pick<ServiceOptions, 'clock' | 'faults' | 'dispatch' | 'log'>;

/**
 * Hands one stream's records to one function, in order. What it has dealt with is on disk before it goes on, so a
 * record is handed over at least once. A batch that fails blocks the stream: it is bisected, tried again with growing
 * pauses, and in the end given up to the destination for failures.
 */
export class StreamConsumer {
  readonly #options: ConsumerOptions;
  readonly #mapping: StreamMapping;
  readonly #checkpoints: Checkpoints;
  readonly #reader: StreamReader;
  readonly #loop: WorkerLoop;
  #position: Position | undefined;
  /** Records behind the checkpoint that are read already, in order. */
  #buffer: StreamRecord[] = [];
  /** Whether the buffer reaches to what was the stream's end when it was read last. */
  #atEnd = false;
  #windowEndsAt: number | undefined;

  constructor(options: ConsumerOptions, mapping: StreamMapping, checkpoints: Checkpoints) {
    this.#options = options;
    this.#mapping = mapping;
    this.#checkpoints = checkpoints;
    this.#reader = new StreamReader(options.dispatch, mapping);
    const { clock, log } = options;
    this.#loop = new WorkerLoop({ name: `event source mapping ${mapping.id}`, clock, log, work: () => this.#work() });
  }

  start(): void {
    this.#loop.start();
  }
  /** Says that the table was written. */
  wake(): void {
    this.#loop.wake();
  }
  busy(): boolean {
    return this.#loop.busy();
  }
  close(): void {
    this.#loop.close();
  }

  async #work(): Promise<void> {
    let position = this.#position ?? (await this.#open());
    this.#atEnd = false;
    while (!this.#loop.closed() && !this.#loop.resting()) {
      const part = position.parts[0] ?? (await this.#nextBatch(position));
      if (part === undefined) return;
      position = await this.#handOver(position, part);
    }
  }

  /** Finds its place: the stored one, the stream's beginning, or its end for a mapping that starts at the latest. */
  async #open(): Promise<Position> {
    const { id, sourceArn, startsAtLatest } = this.#mapping;
    const stored = this.#checkpoints.read(id, sourceArn);
    let checkpoint = stored?.checkpoint ?? null;
    if (stored === undefined && startsAtLatest) {
      for (let skipped = await this.#reader.read(null); skipped.length > 0; skipped = await this.#reader.read(null)) {
        checkpoint = skipped.at(-1)?.sequence ?? checkpoint;
      }
    }
    return this.#moveTo(stored ?? { checkpoint, parts: [] }, checkpoint, stored?.parts ?? []);
  }

  /**
   * The next batch: up to the batch's size in records for the function, and what lies between them. Undefined when
   * there is none, or when its window is still open.
   */
  async #nextBatch(position: Position): Promise<Part | undefined> {
    let from = position;
    for (;;) {
      const batch = this.#cut();
      if (batch.full || !(await this.#readMore(from))) {
        if (batch.through === undefined) return undefined;
        if (batch.count > 0) return this.#windowOpen(batch.full) ? undefined : { through: batch.through, attempts: 0 };
        // Nothing for the function: it is passed over, and there may be more behind it.
        from = this.#moveTo(from, batch.through, []);
      }
    }
  }

  /** Where in the buffer the next batch ends, and how many of its records are for the function. */
  #cut(): { readonly through: string | undefined; readonly count: number; readonly full: boolean } {
    let through: string | undefined;
    let count = 0;
    let bytes = 0;
    for (const { matches, text, sequence } of this.#buffer) {
      if (matches) {
        bytes += Buffer.byteLength(text) + 1;
        if (count === this.#mapping.batchSize || (count > 0 && bytes > largestBatchBytes)) {
          return { through, count, full: true };
        }
        count += 1;
      }
      through = sequence;
    }
    return { through, count, full: count === this.#mapping.batchSize };
  }

  async #readMore({ checkpoint }: Position): Promise<boolean> {
    if (this.#atEnd) return false;
    const read = await this.#reader.read(this.#buffer.at(-1)?.sequence ?? checkpoint);
    this.#buffer.push(...read);
    // A write that comes after this read wakes us again.
    this.#atEnd = read.length < mostRecords;
    return read.length > 0;
  }

  /** Whether a batch that is not full still waits for company. */
  #windowOpen(full: boolean): boolean {
    const { windowMilliseconds } = this.#mapping;
    const now = this.#options.clock.now();
    this.#windowEndsAt ??= now + windowMilliseconds;
    if (full || now >= this.#windowEndsAt) {
      this.#windowEndsAt = undefined;
      return false;
    }
    this.#loop.wakeAt(this.#windowEndsAt);
    return true;
  }

  /** Deals with the part at the front of the buffer. Answers the new position. */
  async #handOver(position: Position, part: Part): Promise<Position> {
    const rest = position.parts.slice(1);
    const [first, ...others] = await this.#recordsOf(position, part);
    if (first === undefined) return this.#moveTo(position, part.through, rest);
    const records = [first, ...others] as const;
    if (part.discarded !== undefined) return this.#discard(position, part, records, rest);

    const tooOld = this.#options.clock.now() / 1000 - this.#mapping.maximumAgeSeconds;
    const lastOld = records.findLast(({ createdAt }) => createdAt < tooOld);
    if (lastOld !== undefined) {
      const old: Part = { ...part, through: lastOld.sequence, discarded: 'RecordAgeExceeded' };
      const younger = lastOld.sequence === records.at(-1)?.sequence ? [] : [part];
      return this.#moveTo(position, position.checkpoint, [old, ...younger, ...rest]);
    }
    return this.#attempt(position, part, records, rest);
  }

  /** One attempt. What a fault drops is handed over again, with all that follows it, as is what fails. */
  async #attempt(
    position: Position,
    part: Part,
    records: readonly StreamRecord[],
    rest: readonly Part[],
  ): Promise<Position> {
    const { faults, dispatch } = this.#options;
    const { delivered, dropped } = faults.deliver('dynamodb', records);
    const outcome =
      delivered.length === 0
        ? ({ kind: 'notInvoked', reason: 'the delivery was lost (injected fault)' } as const)
        : await invokeWithRecords(
            dispatch,
            this.#mapping,
            delivered.map(({ text }) => text),
          );
    if (this.#loop.closed()) return position;
    switch (outcome.kind) {
      case 'succeeded':
        this.#loop.succeeded();
        return this.#goOn(position, part, records, rest, { retried: new Set(dropped), counts: false });
      case 'failedItems': {
        const failed = new Set(outcome.identifiers);
        const retried = records.filter((record) => failed.has(record.sequence));
        // As on AWS an identifier that is none of the batch's fails the batch as a whole.
        if (retried.length === 0) return this.#failed(position, part, records, rest);
        return this.#goOn(position, part, records, rest, { retried: new Set([...retried, ...dropped]), counts: true });
      }
      case 'failed':
        return this.#failed(position, { ...part, functionError: outcome.functionError }, records, rest);
      case 'notInvoked':
        this.#loop.complain(`its function could not be invoked: ${outcome.reason}`);
        this.#loop.backOff();
        return position;
    }
  }

  /** Moves on to the first record that has to be handed over again, or past the part. */
  #goOn(
    position: Position,
    part: Part,
    records: readonly StreamRecord[],
    rest: readonly Part[],
    again: { readonly retried: ReadonlySet<StreamRecord>; readonly counts: boolean },
  ): Position | Promise<Position> {
    const index = records.findIndex((record) => again.retried.has(record));
    if (index < 0) return this.#moveTo(position, part.through, rest);
    const checkpoint = records[index - 1]?.sequence ?? position.checkpoint;
    if (again.counts && index === 0) return this.#failed(position, part, records, rest);
    if (again.counts) return this.#retry({ ...position, checkpoint }, { ...part, attempts: 0 }, rest);
    this.#loop.backOff();
    return this.#moveTo(position, checkpoint, [part, ...rest]);
  }

  /** After a failure: half of the batch when it is bisected, else the same again, until the attempts are used up. */
  #failed(position: Position, part: Part, records: readonly StreamRecord[], rest: readonly Part[]): Position {
    const middle = records[Math.floor(records.length / 2) - 1];
    if (this.#mapping.bisects && middle !== undefined) {
      // As on AWS, splitting a batch is no retry.
      return this.#moveTo(position, position.checkpoint, [{ ...part, through: middle.sequence }, part, ...rest]);
    }
    return this.#retry(position, part, rest);
  }

  #retry(position: Position, part: Part, rest: readonly Part[]): Position {
    const failed: Part = { ...part, attempts: part.attempts + 1 };
    if (failed.attempts > this.#mapping.maximumRetryAttempts) {
      const discarded: Part = { ...failed, discarded: 'RetryAttemptsExhausted' };
      return this.#moveTo(position, position.checkpoint, [discarded, ...rest]);
    }
    this.#loop.backOff();
    return this.#moveTo(position, position.checkpoint, [failed, ...rest]);
  }

  async #discard(
    position: Position,
    part: Part,
    records: readonly [StreamRecord, ...StreamRecord[]],
    rest: readonly Part[],
  ): Promise<Position> {
    const { dispatch, clock, log } = this.#options;
    const condition = part.discarded ?? 'RetryAttemptsExhausted';
    try {
      const discarded = { condition, part, records, shardId: this.#reader.shardId(), now: clock.now() };
      await sendToFailureDestination(dispatch, this.#mapping, discarded);
    } catch (error) {
      if (isRetryable(error)) {
        this.#loop.complain(`its destination for failures cannot be reached: ${String(error)}`);
        this.#loop.backOff();
        return position;
      }
      // As on AWS: a destination that refuses what it is sent loses it.
      log(
        `event source mapping ${this.#mapping.id}: ${error instanceof AwsError ? error.code : String(error)} at its destination for failures`,
      );
    }
    if (this.#loop.closed()) return position;
    log(`event source mapping ${this.#mapping.id}: ${records.length} records are given up (${condition})`);
    this.#loop.succeeded();
    return this.#moveTo(position, part.through, rest);
  }

  /** The records of the part at the front that are for the function; after a restart they are read again first. */
  async #recordsOf(position: Position, { through }: Part): Promise<readonly StreamRecord[]> {
    const last = BigInt(through);
    while (BigInt(this.#buffer.at(-1)?.sequence ?? '0') < last) {
      if (!(await this.#readMore(position))) break;
    }
    return this.#buffer.filter(({ sequence, matches }) => matches && BigInt(sequence) <= last);
  }

  /** Makes a position durable, and forgets the records before it. */
  #moveTo(from: Position, checkpoint: string | null, parts: readonly Part[]): Position {
    if (this.#loop.closed()) return from;
    const position: Position = { checkpoint, parts: [...parts] };
    this.#checkpoints.write(this.#mapping.id, this.#mapping.sourceArn, position);
    const passed = BigInt(checkpoint ?? '0');
    this.#buffer = this.#buffer.filter(({ sequence }) => BigInt(sequence) > passed);
    this.#position = position;
    return position;
  }
}
