import type { Iam } from '../iam/iam.ts';
import { AwsError } from '../kernel/aws-error.ts';
import type { Faults } from '../kernel/faults.ts';
import type { Access, AwsService, Call, Caller, Dispatch, JsonObject } from '../kernel/service.ts';

/** One call as an observer (the meter) sees it, when it has ended. */
export interface ObservedCall {
  readonly service: string;
  readonly operation: string;
  readonly input: JsonObject;
  readonly caller: Caller;
  /** The rights that it needed. */
  readonly accesses: readonly Access[];
  readonly outcome:
    { readonly kind: 'answered'; readonly answer: JsonObject } | { readonly kind: 'failed'; readonly code: string };
}

export interface DispatcherOptions {
  /** The services by name; it may still grow after the dispatcher was made, for services call each other through it. */
  readonly services: ReadonlyMap<string, AwsService>;
  readonly iam: Pick<Iam, 'evaluate'>;
  readonly faults: Pick<Faults, 'before' | 'after'>;
  readonly observe?: (call: ObservedCall) => void;
  /** A line for the operator's console. */
  readonly log: (line: string) => void;
}

/**
 * The one choke point that every AWS call passes: rights, faults, the service, faults again, and then the observer.
 *
 * The answer function throws AwsError and nothing else: what goes wrong inside a service is an internal error to its
 * caller, as on AWS, and a line on the console with where it happened.
 */
export function createDispatcher({ services, iam, faults, observe, log }: DispatcherOptions): Dispatch {
  const find = (name: string): AwsService => {
    const service = services.get(name);
    if (!service) throw new AwsError('UnknownOperationException', `The embedded cloud has no service ${name}.`);
    return service;
  };
  const carryOut = async (service: AwsService, call: Call, accesses: readonly Access[]): Promise<JsonObject> => {
    for (const access of accesses) {
      const decision = iam.evaluate(call.caller, access);
      if (!decision.allowed) throw decision.error;
    }
    await faults.before(service.name, call.operation, call.input);
    const answer = await service.handle(call);
    await faults.after(service.name, call.operation);
    return answer;
  };

  return async (service, call) => {
    const seen = { service, operation: call.operation, input: call.input, caller: call.caller };
    let accesses: readonly Access[] = [];
    try {
      const found = find(service);
      accesses = found.access(call);
      const answer = await carryOut(found, call, accesses);
      observe?.({ ...seen, accesses, outcome: { kind: 'answered', answer } });
      return answer;
    } catch (error) {
      const awsError = toAwsError(error, `${service}:${call.operation}`, log);
      observe?.({ ...seen, accesses, outcome: { kind: 'failed', code: awsError.code } });
      throw awsError;
    }
  };
}

function toAwsError(error: unknown, where: string, log: (line: string) => void): AwsError {
  if (error instanceof AwsError) return error;
  // The stack names our own lines; a message could hold what was sent.
  const stack = error instanceof Error ? (error.stack ?? error.name).split('\n').slice(1).join('\n') : '';
  log(`${where} broke inside: ${error instanceof Error ? error.name : 'not an Error'}\n${stack}`);
  return new AwsError('InternalServerError', 'The request processing has failed because of an unknown error.', 500);
}
