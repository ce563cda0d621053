import * as z from 'zod';
import { deliveryProperties, targetServiceOf } from '../event-bus/targets.ts';
import type { Target } from '../event-bus/targets.ts';
import type { Resource } from '../kernel/service.ts';
import { cronTimetable } from './cron-timetable.ts';
import { rateTimetable } from './timetable.ts';
import type { Timetable } from './timetable.ts';

/** A schedule of the template. Times are milliseconds since the epoch. */
export interface Schedule {
  readonly arn: string;
  /** The expression and, where it matters, its time zone: with another one the schedule begins anew. */
  readonly expression: string;
  readonly timetable: Timetable;
  readonly startsAt: number | undefined;
  readonly endsAt: number | undefined;
  readonly target: Target;
  /** JSON text with AWS's `<aws.scheduler...>` places; undefined for the event that AWS sends by default. */
  readonly input: string | undefined;
}

const time = z.iso.datetime({ offset: true, local: true }).transform((text) => Date.parse(text));

const scheduleProperties = z.object({
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  FlexibleTimeWindow: z.object({ Mode: z.string() }),
  StartDate: time.optional(),
  EndDate: time.optional(),
  Target: z.object({
    Arn: z.string(),
    RoleArn: z.string(),
    Input: z.string().optional(),
    ...deliveryProperties.shape,
  }),
});

const unitMilliseconds: ReadonlyMap<string, number> = new Map([
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
]);

/**
 * The schedules of the template that are enabled.
 *
 * @throws Error that names the schedule whose expression, time window, input or target is not served.
 */
export function readSchedules(resources: readonly Resource[]): readonly Schedule[] {
  return resources
    .filter(({ type }) => type === 'AWS::Scheduler::Schedule')
    .flatMap((resource) => {
      const { State, ...properties } = scheduleProperties.parse(resource.properties);
      const schedule = readSchedule(resource, properties);
      return State === 'ENABLED' ? [schedule] : [];
    });
}

function readSchedule(resource: Resource, properties: Omit<z.infer<typeof scheduleProperties>, 'State'>): Schedule {
  const of = `schedule ${resource.stack}/${resource.logicalId}`;
  const { FlexibleTimeWindow, StartDate, EndDate, Target: target } = properties;
  if (FlexibleTimeWindow.Mode !== 'OFF') {
    throw new Error(`The ${of} has a flexible time window, which the embedded cloud does not serve.`);
  }
  if (target.Input?.includes('<aws.scheduler.attempt-number>') === true) {
    throw new Error(
      `The ${of} puts <aws.scheduler.attempt-number> into its input, which the embedded cloud does not serve.`,
    );
  }
  targetServiceOf(target.Arn, of);
  const caller = { kind: 'role', roleArn: target.RoleArn } as const;
  return {
    arn: resource.arn,
    ...readTimes(properties.ScheduleExpression, properties.ScheduleExpressionTimezone, of),
    startsAt: StartDate,
    endsAt: EndDate,
    input: target.Input,
    target: {
      key: resource.arn,
      arn: target.Arn,
      sourceArn: resource.arn,
      caller,
      policy: { RetryPolicy: target.RetryPolicy, DeadLetterConfig: target.DeadLetterConfig },
      deadLetterCaller: caller,
    },
  };
}

function readTimes(expression: string, timeZone: string, of: string): Pick<Schedule, 'expression' | 'timetable'> {
  const [, value = '', unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/u.exec(expression) ?? [];
  const interval = Number(value) * (unitMilliseconds.get(unit) ?? 0);
  if (interval > 0) return { expression, timetable: rateTimetable(interval) };
  const [, fields] = /^cron\((.+)\)$/u.exec(expression) ?? [];
  if (fields === undefined) {
    throw new Error(
      `The ${of} runs at ${expression}: the embedded cloud serves rate(<n> minutes|hours|days) and cron(...) alone.`,
    );
  }
  try {
    return { expression: `${expression} ${timeZone}`, timetable: cronTimetable(fields, timeZone) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The ${of} runs at ${expression} in ${timeZone}: ${why}.`, { cause: error });
  }
}
