import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { DisputeEvent, Event } from '../../contracts/events.ts';
import { eventSource } from '../../contracts/events.ts';
import type { DisputeStep } from '../../core/disputes/dispute.ts';
import type { Publisher } from '../../core/events/ports.ts';
import { deriveId } from '../../core/ids.ts';
import { exactNumber } from '../../core/payments/messages.ts';
import type { Movement } from '../../core/payments/movements/movement.ts';
import type { StoredTransition } from '../../core/payments/ports.ts';
import { leanSettings, withoutLogger } from '../lean-client.ts';
import { requestsWithin } from '../request-options.ts';
import { putEvents } from './put-events.ts';

export function eventBridgePublisher(eventBusName: string): Publisher<StoredTransition> {
  const client = withoutLogger(
    new EventBridgeClient({ ...leanSettings, maxAttempts: 3, requestHandler: requestsWithin(5000) }),
  );
  return {
    publish: async (transitions) => {
      const told = transitions.flatMap((transition) => toEvents(transition).map((event) => ({ transition, event })));
      const failed = await putEvents(client, told, ({ event }) => toEntry(eventBusName, event));
      const affected = new Set(failed.map(({ transition }) => transition));
      return transitions.filter((transition) => affected.has(transition));
    },
  };
}

function toEntry(eventBusName: string, event: Event | DisputeEvent): PutEventsRequestEntry {
  return {
    EventBusName: eventBusName,
    Source: eventSource,
    DetailType: event.type,
    Time: new Date(event.time),
    Detail: JSON.stringify(event),
  };
}

/**
 * The events that a transition is announced by: one of the payment, or one of the dispute and, where that changes the
 * payment's state, one of the payment too, for those who go by payments alone.
 */
export function toEvents(transition: StoredTransition): readonly (Event | DisputeEvent)[] {
  const { dispute, from, to } = transition;
  if (!dispute) return [toEvent(transition)];
  const disputed = { ...toEvent(transition), type: to === 'disputed' ? 'payment.disputed' : 'payment.dispute_closed' };
  return [toDisputeEvent(transition, dispute), ...(from === to ? [] : [disputed])];
}

function toDisputeEvent(transition: StoredTransition, dispute: DisputeStep): DisputeEvent {
  const { id, version, from, to, amount, fee, kind, currency, reason, captureId } = dispute;
  return {
    id: deriveId('evt_', id, String(version)),
    type: transition.event,
    time: transition.occurredAt,
    object: { type: 'dispute', id, version },
    data: {
      kind,
      state: to,
      ...(from === undefined ? {} : { previousState: from }),
      amount: exactNumber(amount),
      fee: exactNumber(fee),
      ...{ currency, reason, captureId },
      paymentId: transition.paymentId,
      paymentStatus: transition.to,
    },
  };
}

/** The event that a transition is announced by. Nothing of the card, the buyer or the fraud rules is in it. */
function toEvent(transition: StoredTransition): Event {
  const { amountAuthorized, amountCaptured, amountRefunded, declineCode, failureCode, movement } = transition.change;
  return {
    id: deriveId('evt_', transition.paymentId, String(transition.version)),
    type: transition.event,
    time: transition.occurredAt,
    object: { type: 'payment', id: transition.paymentId, version: transition.version },
    data: {
      status: transition.to,
      previousStatus: transition.from,
      cause: transition.cause,
      amountAuthorized: exactNumber(amountAuthorized),
      amountCaptured: exactNumber(amountCaptured),
      amountRefunded: exactNumber(amountRefunded),
      ...(movement ? { movement: toMovement(movement) } : {}),
      ...(declineCode === undefined ? {} : { declineCode }),
      ...(failureCode === undefined ? {} : { failureCode }),
    },
  };
}

function toMovement({ id, kind, amount, state, failureCode }: Movement): Event['data']['movement'] {
  return { id, kind, amount: exactNumber(amount), state, ...(failureCode === undefined ? {} : { failureCode }) };
}
