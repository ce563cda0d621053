import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Event } from '../../contracts/events.ts';
import { eventSource } from '../../contracts/events.ts';
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
    publish: (transitions) => putEvents(client, transitions, (transition) => toEntry(eventBusName, transition)),
  };
}

function toEntry(eventBusName: string, transition: StoredTransition): PutEventsRequestEntry {
  return {
    EventBusName: eventBusName,
    Source: eventSource,
    DetailType: transition.event,
    Time: new Date(transition.occurredAt),
    Detail: JSON.stringify(toEvent(transition)),
  };
}

/** The event that a transition is announced by. Nothing of the card, the buyer or the fraud rules is in it. */
export function toEvent(transition: StoredTransition): Event {
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
