/** The faults that POST /_local/faults accepts (../shared/design.md, decision 13). */
export const faultKinds = [
  'error_before',
  'error_after',
  'conflict',
  'throttle',
  'delay',
  'duplicate',
  'reorder',
  'drop',
  'blackout',
] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  /** An AwsService's name, or `*`. */
  readonly service: string;
  /** An API operation, `deliver` for what a service hands to its consumers, or `*`. */
  readonly operation: string;
  readonly kind: FaultKind;
  /** The share of calls that meet it, 0 to 1, drawn from `seed`. */
  readonly rate?: number;
  /** Every nth call meets it. */
  readonly nth?: number;
  readonly seed?: number;
  /** When it ends, RFC 3339, by the cloud's clock. */
  readonly until?: string;
  readonly delayMilliseconds?: number;
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  list(): readonly Fault[];
  /** Called by the dispatcher before a call is carried out; throws AwsError or waits. */
  before(service: string, operation: string, input: unknown): Promise<void>;
  /** Called by the dispatcher after a call was carried out; throws when its answer is to be lost. */
  after(service: string, operation: string): Promise<void>;
  /**
   * What a service really hands to a consumer (stream records, bus events): some doubled, dropped or in another
   * order. A dropped delivery is one that the service must try again as AWS would, or send to its dead-letter queue.
   */
  deliver<T>(service: string, batch: readonly T[]): { readonly delivered: readonly T[]; readonly dropped: readonly T[] };
}
