import { createHash } from 'node:crypto';
import * as z from 'zod';
import { Deliveries } from '../event-bus/deliveries.ts';
import type { DeadLetter, DeadLetterMessage } from '../event-bus/deliveries.ts';
import type { NewDelivery } from '../event-bus/delivery-store.ts';
import { AwsError } from '../kernel/aws-error.ts';
import { parseJson } from '../kernel/json.ts';
import type { AwsService, ServiceOptions } from '../kernel/service.ts';
import { readSchedules } from './schedules.ts';
import type { Schedule } from './schedules.ts';

export interface Scheduler extends AwsService {
  /** Begins to run what is due, at most one missed run per schedule. Call once, when the targets can be reached. */
  start(): void;
  busy(): boolean;
  close(): Promise<void>;
}

/**
 * EventBridge Scheduler: the template's rate and cron schedules. The first run is one interval after the first start, or
 * the next time of the cron expression; the time of the next one is kept on disk, and is moved on in the same transaction
 * that takes up a run, so that a kill neither loses nor repeats a run. Of the runs that were missed while the machine was
 * off, one is made up for.
 *
 * @throws Error naming the schedule that is not served: at(...) among them.
 */
export function createScheduler(options: ServiceOptions): Scheduler {
  const schedules = readSchedules(options.resources);
  const targets = new Map(schedules.map(({ target }) => [target.key, target]));
  const deliveries = new Deliveries({ ...options, service: 'scheduler', targets, toMessage });
  const runs = new Runs(options, deliveries);
  return {
    name: 'scheduler',
    targets: [],
    access: () => [],
    handle: ({ operation }) =>
      Promise.reject(
        new AwsError('UnknownOperationException', `The embedded cloud does not serve Scheduler's ${operation}.`),
      ),
    start: () => {
      deliveries.start();
      runs.start(schedules);
    },
    busy: () => deliveries.busy(),
    close: () => {
      runs.close();
      deliveries.close();
      return Promise.resolve();
    },
  };
}

const nextRun = z.object({ expression: z.string(), nextAt: z.number() });

/** When each schedule runs next. */
class Runs {
  readonly #options: ServiceOptions;
  readonly #deliveries: Deliveries;
  readonly #cancels = new Map<string, () => void>();

  constructor(options: ServiceOptions, deliveries: Deliveries) {
    this.#options = options;
    this.#deliveries = deliveries;
    options.store.exec(
      'CREATE TABLE IF NOT EXISTS schedules (arn TEXT PRIMARY KEY, expression TEXT NOT NULL, nextAt INTEGER NOT NULL) STRICT',
    );
  }

  start(schedules: readonly Schedule[]): void {
    const { store } = this.#options;
    // A schedule that was switched off or taken away begins anew when it comes back, without a missed run.
    const wanted = new Set(schedules.map(({ arn }) => arn));
    for (const row of store.prepare('SELECT arn FROM schedules').all()) {
      const { arn } = z.object({ arn: z.string() }).parse(row);
      if (!wanted.has(arn)) store.prepare('DELETE FROM schedules WHERE arn = ?').run(arn);
    }
    for (const schedule of schedules) this.#wait(schedule, this.#nextAt(schedule));
  }

  close(): void {
    for (const cancel of this.#cancels.values()) cancel();
  }

  /** When a schedule runs next: as stored, unless its expression is another one now. Undefined when it never does. */
  #nextAt(schedule: Schedule): number | undefined {
    const { store, clock } = this.#options;
    const stored = nextRun.safeParse(store.prepare('SELECT * FROM schedules WHERE arn = ?').get(schedule.arn)).data;
    if (stored?.expression === schedule.expression) return stored.nextAt;
    const first = schedule.timetable.first(clock.now(), schedule.startsAt);
    this.#setNext(schedule, first);
    return first;
  }

  #setNext({ arn, expression }: Schedule, nextAt: number | undefined): void {
    const { store } = this.#options;
    if (nextAt === undefined) store.prepare('DELETE FROM schedules WHERE arn = ?').run(arn);
    else store.prepare('INSERT OR REPLACE INTO schedules VALUES (?, ?, ?)').run(arn, expression, nextAt);
  }

  #wait(schedule: Schedule, nextAt: number | undefined): void {
    if (nextAt === undefined || (schedule.endsAt !== undefined && nextAt > schedule.endsAt)) return;
    this.#cancels.set(
      schedule.arn,
      this.#options.clock.at(nextAt, () => this.#run(schedule, nextAt)),
    );
  }

  #run(schedule: Schedule, dueAt: number): void {
    const scheduledAt = schedule.timetable.latest(dueAt, this.#options.clock.now());
    const nextAt = schedule.timetable.next(scheduledAt);
    this.#options.metering?.scheduled();
    this.#deliveries.accept([toDelivery(this.#options, schedule, scheduledAt)], () => this.#setNext(schedule, nextAt));
    this.#wait(schedule, nextAt);
  }
}

/** The run of a schedule at a time. Its id is derived from both, so that the same run started twice is one. */
function toDelivery(options: ServiceOptions, schedule: Schedule, scheduledAt: number): NewDelivery {
  const scheduledTime = new Date(scheduledAt).toISOString().replace(/\.\d{3}Z$/u, 'Z');
  const executionId = runId(schedule.arn, scheduledTime);
  const input =
    schedule.input === undefined
      ? JSON.stringify(defaultInput(options, schedule, scheduledTime, executionId))
      : fillInput(schedule.input, { schedule, scheduledTime, executionId });
  const event = JSON.stringify({ scheduledTime });
  return { target: schedule.target.key, event, input, executionName: executionId };
}

function runId(scheduleArn: string, scheduledTime: string): string {
  const hex = createHash('sha256').update(`${scheduleArn}|${scheduledTime}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
function fillInput(
  input: string,
  run: { readonly schedule: Schedule; readonly scheduledTime: string; readonly executionId: string },
): string {
  return input
    .replaceAll('<aws.scheduler.schedule-arn>', run.schedule.arn)
    .replaceAll('<aws.scheduler.scheduled-time>', run.scheduledTime)
    .replaceAll('<aws.scheduler.execution-id>', run.executionId);
}

/** What AWS sends when a schedule has no input of its own. */
function defaultInput(options: ServiceOptions, schedule: Schedule, time: string, id: string) {
  const { accountId: account, region } = options;
  return {
    ...{ version: '0', id, 'detail-type': 'Scheduled Event', source: 'aws.scheduler', account, time, region },
    resources: [schedule.arn],
    detail: '{}',
  };
}

const storedRun = z.object({ scheduledTime: z.string() });

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html */
function toMessage({ target, delivery, exhausted }: DeadLetter): DeadLetterMessage {
  return {
    body: delivery.input,
    attributes: {
      ERROR_CODE: delivery.errorCode,
      ERROR_MESSAGE: delivery.errorMessage,
      EXECUTION_ID: delivery.executionName,
      EXHAUSTED_RETRY_CONDITION: exhausted ?? '',
      IS_PAYLOAD_TRUNCATED: 'false',
      RETRY_ATTEMPTS: delivery.attempts - 1,
      SCHEDULED_TIME: storedRun.parse(parseJson(delivery.event)).scheduledTime,
      SCHEDULE_ARN: target.sourceArn,
      TARGET_ARN: target.arn,
    },
  };
}
