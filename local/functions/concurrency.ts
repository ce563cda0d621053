import { AwsError } from '../kernel/aws-error.ts';
import type { FunctionDefinition } from './function-definition.ts';

/** Lambda's default for an account and region. */
const accountConcurrency = 1_000;
/** What Lambda keeps for functions without a reservation. */
const leastUnreserved = 100;

/** Counts invocations under way: each function's own reservation, and one pool for all others. */
export class ConcurrencyLimits {
  readonly #unreservedLimit: number;
  readonly #running = new Map<string, number>();

  /** Throws when the template reserves more than AWS would let it. */
  constructor(definitions: readonly FunctionDefinition[]) {
    const reserved = definitions.reduce((sum, { reservedConcurrency }) => sum + (reservedConcurrency ?? 0), 0);
    this.#unreservedLimit = accountConcurrency - reserved;
    if (reserved > 0 && this.#unreservedLimit < leastUnreserved) {
      throw new Error(
        `The functions reserve ${reserved} concurrent executions; at most ${accountConcurrency - leastUnreserved} may be.`,
      );
    }
  }

  /** Takes a place and answers the function that gives it back. Throws TooManyRequestsException when none is free. */
  take({ name, reservedConcurrency }: FunctionDefinition): () => void {
    const pool = reservedConcurrency === undefined ? '*' : name;
    const running = this.#running.get(pool) ?? 0;
    if (running >= (reservedConcurrency ?? this.#unreservedLimit)) {
      const Reason =
        reservedConcurrency === undefined
          ? 'ConcurrentInvocationLimitExceeded'
          : 'ReservedFunctionConcurrentInvocationLimitExceeded';
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, { Reason, Type: 'User' });
    }
    this.#running.set(pool, running + 1);
    return () => this.#running.set(pool, (this.#running.get(pool) ?? 1) - 1);
  }
}
