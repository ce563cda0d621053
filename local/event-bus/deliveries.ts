import { AwsError } from '../kernel/aws-error.ts';
import type { Json, ServiceOptions } from '../kernel/service.ts';
import { DeliveryStore } from './delivery-store.ts';
import type { Delivery, NewDelivery } from './delivery-store.ts';
import { isRetryable, queueUrlOf, sendToTarget } from './targets.ts';
import type { Target } from './targets.ts';

/** Why a delivery was given up; null when the error was one that no retry mends. */
export type Exhausted = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' | null;

/** What a dead letter tells about its delivery. */
export interface DeadLetter {
  readonly target: Target;
  readonly delivery: Delivery;
  readonly exhausted: Exhausted;
}

export interface DeliveriesOptions extends Pick<ServiceOptions, 'store' | 'clock' | 'faults' | 'dispatch' | 'log'> {
  /** The service that delivers, as faults name it. */
  readonly service: string;
  readonly targets: ReadonlyMap<string, Target>;
  /** The body and the message attributes that AWS gives a dead letter of this service. */
  readonly toMessage: (letter: DeadLetter) => DeadLetterMessage;
}

export interface DeadLetterMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string | number>>;
}

const mostAtOnce = 32;
const firstRetryMilliseconds = 1_000;
/** 185 attempts in 24 hours are one in eight minutes on average, and the first ones are close together. */
const longestRetryMilliseconds = 10 * 60_000;
const deadLetterRetryMilliseconds = 60_000;

/**
 * Hands events to targets at least once. A delivery is in the store before it is acknowledged, and leaves it when its
 * target or its dead-letter queue has taken it. Failures are retried with exponential backoff by the clock, without
 * jitter: on one machine there is no herd.
 */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #deliveries: DeliveryStore;
  readonly #underWay = new Set<number>();
  readonly #endedIds: number[] = [];
  /** Deliveries that need not be kept any longer. */
  readonly #taken: number[] = [];
  #state: 'waiting' | 'started' | 'closed' = 'waiting';
  #cancelTimer = (): void => undefined;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#deliveries = new DeliveryStore(options.store, options.service);
  }

  /** Takes deliveries: durable, all or none, together with what `also` writes to the store, when this returns. */
  accept(deliveries: readonly NewDelivery[], also: () => void = () => undefined): void {
    this.#deliveries.add(deliveries, this.#options.clock.now(), also);
    this.#pump();
  }

  /** Begins to deliver, with what an earlier process left. Call when the targets can be reached. */
  start(): void {
    if (this.#state !== 'waiting') return;
    this.#state = 'started';
    this.#pump();
  }

  busy(): boolean {
    return this.#underWay.size > 0;
  }

  close(): void {
    this.#removeTaken();
    this.#state = 'closed';
    this.#cancelTimer();
  }

  /** What ends in the same turn leaves the store in one transaction; until then it counts as under way. */
  #ended(id: number): void {
    this.#endedIds.push(id);
    if (this.#endedIds.length > 1) return;
    setImmediate(() => {
      this.#removeTaken();
      for (const ended of this.#endedIds.splice(0)) this.#underWay.delete(ended);
      this.#pump();
    });
  }

  #removeTaken(): void {
    if (this.#state === 'started') this.#deliveries.remove(this.#taken.splice(0));
  }

  /** Starts what is due, as far as there is room, and wakes again when the next one is. */
  #pump(): void {
    if (this.#state !== 'started') return;
    const { clock, faults, service } = this.#options;
    this.#cancelTimer();
    const now = clock.now();
    const due = this.#deliveries
      .due(now, mostAtOnce * 2)
      .filter(({ id }) => !this.#underWay.has(id))
      .slice(0, mostAtOnce - this.#underWay.size);
    const { delivered } = due.length === 0 ? { delivered: due } : faults.deliver(service, due);
    const times = new Map(due.map((delivery) => [delivery, 0]));
    for (const delivery of delivered) times.set(delivery, (times.get(delivery) ?? 0) + 1);
    // In the order in which they are delivered, so that a reordering fault shows; what was dropped comes last.
    for (const delivery of new Set([...delivered, ...due])) {
      this.#underWay.add(delivery.id);
      void this.#deliver(delivery, times.get(delivery) ?? 0).finally(() => this.#ended(delivery.id));
    }
    const next = this.#deliveries.nextDueAfter(now);
    if (next !== undefined) this.#cancelTimer = clock.at(next, () => this.#pump());
  }

  /** One attempt, made as many times as faults say; the first one's outcome counts. Never rejects. */
  async #deliver(delivery: Delivery, times: number): Promise<void> {
    const target = this.#options.targets.get(delivery.target);
    if (target === undefined) {
      this.#options.log(
        `${this.#options.service}: a delivery to ${delivery.target} is dropped: the template has no such target`,
      );
      this.#taken.push(delivery.id);
      return;
    }
    if (delivery.exhausted !== undefined) return this.#bury({ target, delivery, exhausted: delivery.exhausted });
    try {
      if (times === 0) throw new AwsError('InternalServerError', 'The delivery was lost (injected fault).', 500);
      await this.#send(target, delivery);
      for (let double = 1; double < times; double++) await this.#send(target, delivery).catch(() => undefined);
      if (this.#state === 'started') this.#taken.push(delivery.id);
    } catch (error) {
      await this.#failed(target, delivery, error);
    }
  }

  #send(target: Target, { input, executionName }: Delivery): Promise<void> {
    return sendToTarget(this.#options.dispatch, target, input, executionName);
  }

  /** The limits are checked after an attempt, never before: what waited while the machine was off is tried once more. */
  async #failed(target: Target, delivery: Delivery, error: unknown): Promise<void> {
    if (this.#state !== 'started') return;
    const failed: Delivery = {
      ...delivery,
      attempts: delivery.attempts + 1,
      errorCode: error instanceof AwsError ? error.code : 'InternalError',
      errorMessage: error instanceof Error ? error.message : String(error),
    };
    const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = target.policy.RetryPolicy;
    const now = this.#options.clock.now();
    const retryAt = now + Math.min(firstRetryMilliseconds * 2 ** delivery.attempts, longestRetryMilliseconds);
    if (!isRetryable(error)) return this.#giveUp({ target, delivery: failed, exhausted: null });
    if (failed.attempts > MaximumRetryAttempts) {
      return this.#giveUp({ target, delivery: failed, exhausted: 'MaximumRetryAttempts' });
    }
    if (retryAt - delivery.acceptedAt > MaximumEventAgeInSeconds * 1000) {
      return this.#giveUp({ target, delivery: failed, exhausted: 'MaximumEventAgeInSeconds' });
    }
    this.#deliveries.postpone(failed, retryAt);
  }

  async #giveUp(letter: DeadLetter): Promise<void> {
    const { target, delivery, exhausted } = letter;
    if (target.policy.DeadLetterConfig.Arn === undefined) {
      this.#options.log(
        `${this.#options.service}: a delivery to ${target.arn} is given up (${delivery.errorCode}), without a dead-letter queue`,
      );
      this.#taken.push(delivery.id);
      return;
    }
    const buried = { ...delivery, exhausted };
    this.#deliveries.exhaust(buried, this.#options.clock.now());
    await this.#bury({ ...letter, delivery: buried });
  }

  /** Sends a given-up delivery to the dead-letter queue. */
  async #bury(letter: DeadLetter): Promise<void> {
    const { target, delivery } = letter;
    const arn = target.policy.DeadLetterConfig.Arn;
    const { body, attributes } = this.#options.toMessage(letter);
    try {
      if (arn !== undefined) {
        await this.#options.dispatch('sqs', {
          operation: 'SendMessage',
          input: {
            QueueUrl: queueUrlOf(arn),
            MessageBody: body,
            MessageAttributes: messageAttributes(attributes),
          },
          caller: target.deadLetterCaller,
        });
      }
      if (this.#state === 'started') this.#taken.push(delivery.id);
    } catch (error) {
      this.#notBuried(letter, error);
    }
  }

  #notBuried({ target, delivery }: DeadLetter, error: unknown): void {
    if (this.#state !== 'started') return;
    const reason = error instanceof AwsError ? error.code : String(error);
    if (isRetryable(error)) {
      this.#deliveries.postpone(delivery, this.#options.clock.now() + deadLetterRetryMilliseconds);
      return;
    }
    // As on AWS: a dead-letter queue that refuses its letters loses them.
    this.#options.log(
      `${this.#options.service}: a dead letter of ${target.sourceArn} is lost: its queue refuses it (${reason})`,
    );
    this.#taken.push(delivery.id);
  }
}

/** SQS takes no empty values, so what is not known is left out. */
function messageAttributes(values: Readonly<Record<string, string | number>>): Record<string, Json> {
  const filled = Object.entries(values).filter(([, value]) => value !== '');
  return Object.fromEntries(
    filled.map(([name, value]) => [
      name,
      { DataType: typeof value === 'number' ? 'Number' : 'String', StringValue: String(value) },
    ]),
  );
}
