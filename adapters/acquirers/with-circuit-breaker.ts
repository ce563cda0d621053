import type { CircuitBreakerPolicy } from 'cockatiel';
import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhen, isBrokenCircuitError } from 'cockatiel';
import type { Acquirer } from '../../core/payments/acquirer.ts';
import { AcquirerOutcomeUnknown, AcquirerUnavailable } from '../../core/payments/acquirer.ts';

export interface CircuitBreakerOptions {
  /** So many failures in a row open the circuit; 5 unless given. A decline is an answer, not a failure. */
  readonly consecutiveFailures?: number;
  /** After so long one call is let through to try; 5,000 unless given. */
  readonly halfOpenAfterMilliseconds?: number;
}

/**
 * The same acquirer behind circuit breakers: while a circuit is open its calls throw AcquirerUnavailable at once,
 * instead of each holding a buyer and a function for the whole time-out.
 *
 * It is a Proxy, so that it guards every capability that an acquirer has, those of later days too, and declares none
 * that it lacks. Each operation has a circuit of its own: look-ups that hang say nothing about authorizations.
 */
export function withCircuitBreaker<A extends Acquirer>(acquirer: A, options: CircuitBreakerOptions = {}): A {
  const guarded = new Map<string | symbol, unknown>();
  return new Proxy(acquirer, {
    get: (target, property) => {
      const operation: unknown = Reflect.get(target, property);
      if (!isOperation(operation) || property in Object.prototype) return operation;
      const known = guarded.get(property);
      if (known) return known;
      const about = `${acquirer.name} acquirer, ${String(property)}`;
      const guard = guardOperation(operation.bind(target), about, options);
      guarded.set(property, guard);
      return guard;
    },
  });
}

type Operation = (...input: readonly unknown[]) => unknown;

function isOperation(value: unknown): value is Operation {
  return typeof value === 'function';
}

function guardOperation(operation: Operation, about: string, options: CircuitBreakerOptions): Operation {
  const { consecutiveFailures = 5, halfOpenAfterMilliseconds = 5_000 } = options;
  const circuit = circuitBreaker(
    handleWhen((error) => error instanceof AcquirerOutcomeUnknown || error instanceof AcquirerUnavailable),
    { breaker: new ConsecutiveBreaker(consecutiveFailures), halfOpenAfter: halfOpenAfterMilliseconds },
  );
  return async (...input) => run(circuit, about, () => operation(...input));
}

async function run(circuit: CircuitBreakerPolicy, about: string, call: () => unknown): Promise<unknown> {
  // Cockatiel lets calls wait for the outcome of the one that tries; waiting would spend their own time budget.
  if (circuit.state === CircuitState.HalfOpen) throw new AcquirerUnavailable(`${about}: the circuit is half open`);
  try {
    return await circuit.execute(call);
  } catch (error) {
    throw isBrokenCircuitError(error) ? new AcquirerUnavailable(`${about}: the circuit is open`) : error;
  }
}
