import { createHash, randomUUID } from 'node:crypto';
import { AwsError } from '../kernel/aws-error.ts';
import { isJsonArray, isJsonObject } from '../kernel/json.ts';
import type { Access, AwsService, Call, JsonObject, ServiceOptions } from '../kernel/service.ts';
import { Deliveries } from './deliveries.ts';
import type { DeadLetter, DeadLetterMessage } from './deliveries.ts';
import type { NewDelivery } from './delivery-store.ts';
import { judgeEntry, readEntries } from './event-entries.ts';
import { shapeInput } from './input-shape.ts';
import { busNameOf, readBuses, readRules } from './rules.ts';
import type { Rule } from './rules.ts';

export interface EventBus extends AwsService {
  /** Begins to deliver, with what an earlier process left. Call once, when the targets can be reached. */
  start(): void;
  busy(): boolean;
  close(): Promise<void>;
}

/**
 * EventBridge: the template's buses and rules. An event that PutEvents acknowledged reaches every target whose rule
 * matches at least once, or its dead-letter queue; kill -9 changes nothing in that.
 *
 * @throws Error naming the rule whose pattern or target is not served.
 */
export function createEventBus(options: ServiceOptions): EventBus {
  const buses = readBuses(options.resources);
  const rules = readRules(options.resources);
  const targets = new Map(rules.flatMap((rule) => rule.targets.map(({ target }) => [target.key, target] as const)));
  const deliveries = new Deliveries({ ...options, service: 'events', targets, toMessage });
  return {
    name: 'events',
    targets: ['AWSEvents'],
    access: (call) => accessOf(options, call),
    handle: (call) => new Promise((resolve) => resolve(handle(options, buses, rules, deliveries, call))),
    start: () => deliveries.start(),
    busy: () => deliveries.busy(),
    close: () => {
      deliveries.close();
      return Promise.resolve();
    },
  };
}

function accessOf({ region, accountId }: ServiceOptions, { operation, input }: Call): readonly Access[] {
  const { Entries } = input;
  const names = (isJsonArray(Entries) ? Entries : []).map((entry) => {
    const name = isJsonObject(entry) ? entry['EventBusName'] : undefined;
    return typeof name === 'string' ? busNameOf(name) : 'default';
  });
  return [...new Set(names)].map((name) => ({
    action: `events:${operation}`,
    resource: `arn:aws:events:${region}:${accountId}:event-bus/${name}`,
  }));
}

function handle(
  { clock, region, accountId }: ServiceOptions,
  buses: ReadonlySet<string>,
  rules: readonly Rule[],
  deliveries: Deliveries,
  { operation, input }: Call,
): JsonObject {
  if (operation !== 'PutEvents') {
    throw new AwsError('UnknownOperationException', `The embedded cloud does not serve EventBridge's ${operation}.`);
  }
  const now = clock.now();
  const accepted: NewDelivery[] = [];
  const answers = readEntries(input).map((entry): JsonObject => {
    const judged = judgeEntry(entry, buses, { id: randomUUID(), account: accountId, region, now });
    if (judged.kind === 'refused') return { ErrorCode: judged.code, ErrorMessage: judged.message };
    for (const rule of rules) {
      if (rule.busName === judged.busName && rule.matches(judged.event)) {
        accepted.push(...deliveriesOf(rule, judged.event, judged.id, now));
      }
    }
    return { EventId: judged.id };
  });
  if (accepted.length > 0) deliveries.accept(accepted);
  return { FailedEntryCount: answers.filter((answer) => 'ErrorCode' in answer).length, Entries: answers };
}

function deliveriesOf(rule: Rule, event: JsonObject, eventId: string, now: number): readonly NewDelivery[] {
  const context = { ruleArn: rule.arn, ruleName: rule.name, ingestionTime: new Date(now).toISOString() };
  const text = JSON.stringify(event);
  return rule.targets.map(({ target, input }) => ({
    target: target.key,
    event: text,
    input: shapeInput(input, event, context),
    executionName: `${eventId}_${createHash('sha256').update(target.key).digest('hex').slice(0, 32)}`,
  }));
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
function toMessage({ target, delivery, exhausted }: DeadLetter): DeadLetterMessage {
  return {
    body: delivery.event,
    attributes: {
      RULE_ARN: target.sourceArn,
      TARGET_ARN: target.arn,
      ERROR_CODE: errorCodeOf(delivery.errorCode),
      ERROR_MESSAGE: delivery.errorMessage,
      RETRY_ATTEMPTS: delivery.attempts - 1,
      EXHAUSTED_RETRY_CONDITION: exhausted ?? '',
    },
  };
}

/** EventBridge's own words for what a target answered. */
function errorCodeOf(code: string): string {
  if (/AccessDenied|NotAuthorized/u.test(code)) return 'NO_PERMISSIONS';
  if (/NotFound|DoesNotExist|NonExistent/u.test(code)) return 'NO_RESOURCE';
  if (/throttl|TooManyRequests|LimitExceeded/iu.test(code)) return 'THROTTLING';
  return /Internal|Unavailable/u.test(code) ? 'INTERNAL_ERROR' : 'SDK_CLIENT_ERROR';
}
