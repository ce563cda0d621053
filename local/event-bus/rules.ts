import * as z from 'zod';
import type { JsonObject, Resource } from '../kernel/service.ts';
import { compileEventPattern } from './event-pattern.ts';
import type { EventMatcher } from './event-pattern.ts';
import { inputProperties, parsePath } from './input-shape.ts';
import type { InputProperties } from './input-shape.ts';
import { deliveryProperties, targetServiceOf } from './targets.ts';
import type { Target } from './targets.ts';

/** A rule of the template. */
export interface Rule {
  readonly arn: string;
  readonly name: string;
  /** The name of its bus. */
  readonly busName: string;
  readonly matches: EventMatcher;
  readonly targets: readonly { readonly target: Target; readonly input: InputProperties }[];
}

const target = z.object({
  Id: z.string(),
  Arn: z.string(),
  RoleArn: z.string().optional(),
  ...inputProperties.shape,
  ...deliveryProperties.shape,
});

const rule = z.object({
  EventBusName: z.string().default('default'),
  EventPattern: z.record(z.string(), z.json()).optional(),
  ScheduleExpression: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']).default('ENABLED'),
  Targets: z.array(target).default([]),
});

/** The names of the template's buses; every account has one called `default`. */
export function readBuses(resources: readonly Resource[]): ReadonlySet<string> {
  const own = resources.filter(({ type }) => type === 'AWS::Events::EventBus').map(({ arn }) => busNameOf(arn));
  return new Set(['default', ...own]);
}

/** A bus's name, from a name or an ARN. */
export function busNameOf(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? (nameOrArn.split('/').at(-1) ?? '') : nameOrArn;
}

/**
 * The rules of the template that are enabled.
 *
 * @throws Error that names the rule whose pattern, schedule or target is not served.
 */
export function readRules(resources: readonly Resource[]): readonly Rule[] {
  return resources
    .filter(({ type }) => type === 'AWS::Events::Rule')
    .flatMap((resource) => {
      const properties = rule.parse(resource.properties);
      const of = `rule ${resource.stack}/${resource.logicalId}`;
      if (properties.ScheduleExpression !== undefined) {
        throw new Error(
          `The ${of} has a schedule: the embedded cloud serves schedules of EventBridge Scheduler alone.`,
        );
      }
      const read = {
        arn: resource.arn,
        name: resource.arn.split('/').at(-1) ?? '',
        busName: busNameOf(properties.EventBusName),
        matches: compilePattern(of, properties.EventPattern),
        targets: properties.Targets.map((each) => readTarget(of, resource.arn, each)),
      };
      return properties.State === 'DISABLED' ? [] : [read];
    });
}

function compilePattern(of: string, pattern: JsonObject | undefined): EventMatcher {
  if (pattern === undefined) throw new Error(`The ${of} has no event pattern.`);
  try {
    return compileEventPattern(pattern);
  } catch (error) {
    throw new Error(`The ${of}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function readTarget(of: string, ruleArn: string, properties: z.infer<typeof target>): Rule['targets'][number] {
  const { Id, Arn, RoleArn, RetryPolicy, DeadLetterConfig, InputPath, InputTransformer } = properties;
  const service = targetServiceOf(Arn, of);
  if (service === 'states' && RoleArn === undefined) {
    throw new Error(`The target ${Id} of ${of} starts a workflow, for which it needs a RoleArn.`);
  }
  for (const path of [InputPath ?? '$', ...Object.values(InputTransformer?.InputPathsMap ?? {})]) parsePath(path);
  // Without a role the target's resource policy decides, by the rule's ARN.
  const asService = { kind: 'service', principal: 'events.amazonaws.com', sourceArn: ruleArn } as const;
  return {
    input: inputProperties.parse(properties),
    target: {
      key: `${ruleArn}#${Id}`,
      arn: Arn,
      sourceArn: ruleArn,
      caller: RoleArn === undefined ? asService : { kind: 'role', roleArn: RoleArn },
      policy: { RetryPolicy, DeadLetterConfig },
      deadLetterCaller: asService,
    },
  };
}
