import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { GiftCardEvent } from '../../contracts/events.ts';
import { eventSource } from '../../contracts/events.ts';
import type { Publisher } from '../../core/events/ports.ts';
import type { GiftCardTransition } from '../../core/gift-cards/transition.ts';
import { deriveId } from '../../core/ids.ts';
import { exactNumber } from '../../core/payments/messages.ts';
import { leanSettings, withoutLogger } from '../lean-client.ts';
import { requestsWithin } from '../request-options.ts';
import { putEvents } from './put-events.ts';

export function giftCardPublisher(eventBusName: string): Publisher<GiftCardTransition> {
  const client = withoutLogger(
    new EventBridgeClient({ ...leanSettings, maxAttempts: 3, requestHandler: requestsWithin(5000) }),
  );
  return {
    publish: (transitions) =>
      putEvents(client, transitions, (transition) => ({
        EventBusName: eventBusName,
        Source: eventSource,
        DetailType: transition.event,
        Time: new Date(transition.occurredAt),
        Detail: JSON.stringify(toGiftCardEvent(transition)),
      })),
  };
}

/** The event that a transition is announced by. */
function toGiftCardEvent(transition: GiftCardTransition): GiftCardEvent {
  const { movement, change, paymentId } = transition;
  return {
    id: deriveId('evt_', transition.giftCardId, String(change.version)),
    type: transition.event,
    time: transition.occurredAt,
    object: { type: 'gift_card', id: transition.giftCardId, version: change.version },
    data: {
      status: transition.to,
      previousStatus: transition.from,
      cause: transition.cause,
      ...(paymentId === undefined ? {} : { paymentId }),
      currency: transition.currency,
      moved: {
        credited: exactNumber(movement.credited),
        held: exactNumber(movement.held),
        redeemed: exactNumber(movement.redeemed),
        released: exactNumber(movement.released),
        lapsed: exactNumber(movement.lapsed),
      },
      balance: exactNumber(change.balance),
      held: exactNumber(change.held),
      available: exactNumber(change.available),
      expiresAt: change.expiresAt,
    },
  };
}
