import type { Json, JsonObject } from '../kernel/service.ts';
import type { ExecutionEvent } from './execution.ts';
import { errorNames } from './interpreter/failure.ts';

/** An event as GetExecutionHistory and the logs write it. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly type: string;
  /** The member that holds the details of this type, such as `taskFailedEventDetails`, and what is in it. */
  readonly detailsName: string | undefined;
  readonly details: JsonObject;
}

const timeoutErrors: readonly string[] = [errorNames.timeout, errorNames.heartbeatTimeout];

type Entry = readonly [type: string, detailsName?: string, details?: JsonObject];

/** Turns what happens in a run into AWS's events, numbered, each with the number of the one before it in its branch. */
export class History {
  readonly #includeData: boolean;
  readonly #lastIds = new Map<string, number>();
  #lastId = 0;

  constructor(includeData: boolean) {
    this.#includeData = includeData;
  }

  next(event: ExecutionEvent): readonly HistoryEvent[] {
    const path = 'path' in event ? event.path : '';
    return this.#entries(event).map(([type, detailsName, details = {}]) => {
      this.#lastId += 1;
      const previousEventId = this.#previous(path);
      this.#lastIds.set(path, this.#lastId);
      return { id: this.#lastId, previousEventId, at: event.at, type, detailsName, details };
    });
  }

  /** The last event of the branch, or of the branch around it where it has none yet. */
  #previous(path: string): number {
    const own = this.#lastIds.get(path);
    if (own !== undefined || path === '') return own ?? 0;
    return this.#previous(path.slice(0, path.lastIndexOf('/')));
  }

  #entries(event: ExecutionEvent): readonly Entry[] {
    switch (event.kind) {
      case 'started':
        return [
          [
            'ExecutionStarted',
            'executionStartedEventDetails',
            { ...this.#text('input', event.input), roleArn: event.roleArn },
          ],
        ];
      case 'ended':
        return [this.#ended(event)];
      case 'entered':
        return [
          [
            `${event.type}StateEntered`,
            'stateEnteredEventDetails',
            { name: event.state, ...this.#data('input', event.input) },
          ],
        ];
      case 'exited':
        if (event.type === 'Fail') return [];
        return [
          [
            `${event.type}StateExited`,
            'stateExitedEventDetails',
            { name: event.state, ...this.#data('output', event.output), ...this.#assigned(event.assigned) },
          ],
        ];
      case 'forked':
        if (event.type === 'Parallel') return [['ParallelStateStarted']];
        return [['MapStateStarted', 'mapStateStartedEventDetails', { length: event.length }]];
      case 'joined':
        return [[`${event.type}StateSucceeded`]];
      case 'iterationStarted':
        return [['MapIterationStarted', 'mapIterationStartedEventDetails', { name: event.state, index: event.index }]];
      case 'iterationSucceeded':
        return [
          ['MapIterationSucceeded', 'mapIterationSucceededEventDetails', { name: event.state, index: event.index }],
        ];
      case 'iterationFailed':
        return [['MapIterationFailed', 'mapIterationFailedEventDetails', { name: event.state, index: event.index }]];
      case 'failed':
        return this.#failed(event);
      case 'taskScheduled':
      case 'taskSubmitted':
      case 'taskSucceeded':
      case 'taskFailed':
        return this.#task(event);
    }
  }

  #task(
    event: Extract<ExecutionEvent, { kind: 'taskScheduled' | 'taskSubmitted' | 'taskSucceeded' | 'taskFailed' }>,
  ): readonly Entry[] {
    const named = resourceOf(event.resource);
    switch (event.kind) {
      case 'taskScheduled': {
        const { timeoutSeconds, heartbeatSeconds } = event;
        const limits = {
          ...(timeoutSeconds === undefined ? {} : { timeoutInSeconds: timeoutSeconds }),
          ...(heartbeatSeconds === undefined ? {} : { heartbeatInSeconds: heartbeatSeconds }),
        };
        return [
          [
            'TaskScheduled',
            'taskScheduledEventDetails',
            { ...named, ...this.#data('parameters', event.arguments), ...limits },
          ],
          ['TaskStarted', 'taskStartedEventDetails', named],
        ];
      }
      case 'taskSubmitted':
        return [['TaskSubmitted', 'taskSubmittedEventDetails', { ...named, ...this.#data('output', event.output) }]];
      case 'taskSucceeded':
        return [['TaskSucceeded', 'taskSucceededEventDetails', { ...named, ...this.#data('output', event.output) }]];
      case 'taskFailed': {
        const type = timeoutErrors.includes(event.error) ? 'TaskTimedOut' : 'TaskFailed';
        const detailsName = type === 'TaskTimedOut' ? 'taskTimedOutEventDetails' : 'taskFailedEventDetails';
        return [[type, detailsName, { ...named, error: event.error, ...this.#text('cause', event.cause) }]];
      }
    }
  }

  #failed(event: Extract<ExecutionEvent, { kind: 'failed' }>): readonly Entry[] {
    const evaluation: Entry[] =
      event.error === 'States.QueryEvaluationError'
        ? [
            [
              'EvaluationFailed',
              'evaluationFailedEventDetails',
              { error: event.error, ...this.#text('cause', event.cause), state: event.state },
            ],
          ]
        : [];
    return event.type === 'Parallel' || event.type === 'Map'
      ? [...evaluation, [`${event.type}StateFailed`]]
      : evaluation;
  }

  #ended({ outcome }: Extract<ExecutionEvent, { kind: 'ended' }>): Entry {
    if (outcome.status === 'SUCCEEDED') {
      return ['ExecutionSucceeded', 'executionSucceededEventDetails', this.#data('output', outcome.output)];
    }
    const details = {
      ...(outcome.error === undefined ? {} : { error: outcome.error }),
      ...(outcome.cause === undefined ? {} : this.#text('cause', outcome.cause)),
    };
    switch (outcome.status) {
      case 'FAILED':
        return ['ExecutionFailed', 'executionFailedEventDetails', details];
      case 'TIMED_OUT':
        return ['ExecutionTimedOut', 'executionTimedOutEventDetails', details];
      case 'ABORTED':
        return ['ExecutionAborted', 'executionAbortedEventDetails', details];
    }
  }

  #assigned(assigned: Readonly<Record<string, Json>> | undefined): JsonObject {
    if (!assigned || !this.#includeData) return {};
    const texts = Object.entries(assigned).map(([name, value]) => [name, JSON.stringify(value)] as const);
    return { assignedVariables: Object.fromEntries(texts) };
  }

  #data(name: 'input' | 'output' | 'parameters', value: Json): JsonObject {
    if (!this.#includeData) return {};
    return {
      [name]: JSON.stringify(value),
      ...(name === 'parameters' ? {} : { [`${name}Details`]: { truncated: false } }),
    };
  }

  #text(name: 'input' | 'cause', value: string): JsonObject {
    if (!this.#includeData) return {};
    return { [name]: value, ...(name === 'input' ? { inputDetails: { truncated: false } } : {}) };
  }
}

/** `arn:aws:states:::lambda:invoke` is resource `invoke` of type `lambda`. */
function resourceOf(resource: string): JsonObject {
  const name = resource.slice('arn:aws:states:::'.length);
  const colon = name.lastIndexOf(':');
  return { resourceType: name.slice(0, colon), resource: name.slice(colon + 1) };
}
