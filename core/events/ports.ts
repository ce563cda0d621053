/** Announces transitions as events. */
export interface Publisher<T> {
  /** Publishes them and answers which did not get through. Their ids are derived, so that again is the same event. */
  publish(transitions: readonly T[]): Promise<readonly T[]>;
}

/** Where a stream leaves word of batches that it gave up on: where and when they were, not what they held. */
export interface UnpublishedBatches {
  /** A few of them, or none when none is left; what is received is not received again for some minutes. */
  receive(): Promise<readonly UnpublishedBatch[]>;
  /** The batch was published; it is not received again. */
  done(batch: UnpublishedBatch): Promise<void>;
}

export interface UnpublishedBatch {
  /** Names the batch for `done`. */
  readonly receipt: string;
  readonly place: StreamPlace;
  /** When its first and last records reached the stream. */
  readonly from: Date;
  readonly to: Date;
}

/** A stretch of one shard of a stream, by the sequence numbers of its first and last records. */
export interface StreamPlace {
  readonly streamArn: string;
  readonly shardId: string;
  readonly first: string;
  readonly last: string;
}

/** Transitions that were read. */
export interface TransitionPage<T> {
  readonly transitions: readonly T[];
  /** Keys of items that are no transitions as this release writes them: for people, and no reason to hold up others. */
  readonly unreadable: readonly string[];
}

/** The records of a stream, for the day for which it keeps them. */
export interface StreamedTransitions<T> {
  /** The transitions written at a place, or `trimmed` when the stream has forgotten them. Cheapest in their order. */
  at(place: StreamPlace): Promise<TransitionPage<T> | 'trimmed'>;
}

/** All transitions, for ever; reading them is expensive. */
export interface TransitionLog<T> {
  /** Transitions that occurred between two times, a page at a time. */
  between(from: Date, to: Date): AsyncIterable<TransitionPage<T>>;
}
