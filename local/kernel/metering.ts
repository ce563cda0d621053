/** What an invocation waited for in the world outside AWS. */
export interface OutsideCalls {
  readonly count: number;
  /** While at least one was under way. */
  readonly milliseconds: number;
}

/** Something whose duration is paid for, from its begin to its end. */
export interface Measured {
  end(result: { readonly failed: boolean; readonly outside?: OutsideCalls }): void;
}

export interface MeasuredExecution extends Measured {
  /** A Map or Parallel state begins so many branches, each with the data that it is given. */
  forked(branches: number): void;
}

/** Whoever makes a call while an invocation or execution waits for it makes it through `callFor`. */
export interface MeasuredCaller {
  readonly callFor: <T>(operation: string, call: () => Promise<T>) => Promise<T>;
}

/** What services tell the meter beside the calls that it sees at the dispatcher. All of it is cheap and never throws. */
export interface Metering {
  /** An invocation of a function begins; `waitedFor` says that its caller waits for its answer. */
  invocation(functionName: string, id: string, waitedFor: boolean): Measured;
  /** Makes the call of an invocation. */
  readonly callOfInvocation: <T>(id: string | undefined, operation: string, call: () => Promise<T>) => Promise<T>;
  /** An Express execution begins. */
  express(
    machine: { readonly name: string; readonly definition: string },
    input: string,
  ): MeasuredExecution & MeasuredCaller;
  /** A Standard execution has entered a state, or tries one again. */
  transition(stateMachineArn: string): void;
  scheduled(): void;
  /** A line has been written to a log group. */
  readonly logged: (line: string) => void;
  /** The HTTP API has answered. */
  answered(request: { readonly route: string; readonly status: number; readonly bytes: number }): void;
  /** Processor time that functions' threads have used since they last told. */
  functionsUsed(microseconds: number): void;
  /** The DynamoDB server's process, to ask for its processor time. */
  databaseProcess(find: () => number | undefined): void;
  /** What DynamoDB charges for a call on items. */
  readonly itemsCharged: (call: MeteredItemCall) => void;
}

export interface MeteredItemCall {
  readonly operation: string;
  readonly failure?: string;
  readonly accesses: readonly MeteredItemAccess[];
}

export interface MeteredItemAccess {
  readonly kind: 'read' | 'write';
  readonly action: string;
  readonly table: string;
  readonly index?: string;
  readonly items: number;
  readonly bytes: number;
  readonly units: number;
  readonly indexes: readonly { readonly index: string; readonly writes: number; readonly units: number }[];
}
