import { isJsonObject } from '../kernel/json.ts';
import type { Json, JsonObject } from '../kernel/service.ts';
import { copyJson } from './interpreter/copy-json.ts';
import type { StateFailure } from './interpreter/failure.ts';
import { toTaskFailure } from './task-errors.ts';
import type { ErrorNaming } from './task-errors.ts';

/** What a task may reach: AWS's services, as its machine's role. */
export interface TaskContext {
  readonly executionArn: string;
  readonly dispatch: (service: string, operation: string, input: JsonObject) => Promise<JsonObject>;
}

/** Does a task. Rejects with StateFailure by the name that Step Functions gives the error. */
export type Integration = (taskArguments: JsonObject, context: TaskContext) => Promise<Json>;

/** A service's answer as a value of the run's own, or its error under the name that workflows know. */
export async function callService(answer: Promise<JsonObject>, naming: ErrorNaming): Promise<JsonObject> {
  const copied = copyJson(await translateError(answer, (error) => toTaskFailure(error, naming)));
  return isJsonObject(copied) ? copied : {};
}

export async function translateError<T>(answer: Promise<T>, toFailure: (error: unknown) => StateFailure): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw toFailure(error);
  }
}
