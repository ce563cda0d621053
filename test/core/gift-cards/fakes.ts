import type { BackOff, CodeMacs, GiftCardIssuer, GiftCardStore } from '../../../core/gift-cards/ports.ts';
import type { GiftCard, GiftCardHold } from '../../../core/gift-cards/gift-card.ts';
import { giftCardTransitionId } from '../../../core/gift-cards/gift-card.ts';
import type { GiftCardTransition } from '../../../core/gift-cards/transition.ts';
import { applyGiftCardChange, giftCardTransition } from '../../../core/gift-cards/transition.ts';
import { createHmac } from 'node:crypto';

export const start = new Date('2026-11-22T10:00:00.000Z');
const dayMilliseconds = 86_400_000;
export const daysLater = (days: number) => new Date(start.getTime() + days * dayMilliseconds);

export const cardId = 'gc_00000000000000000000000001';

/** A card that was just issued, valid for 30 days. */
export function issuedCard(amount = 10_000n, changes: Partial<GiftCard> = {}): GiftCard {
  const unissued: GiftCard = {
    id: cardId,
    ownerId: 'client-platform',
    requestHash: 'req_1',
    issuedBy: 'request-1',
    amount,
    currency: 'EUR',
    balance: 0n,
    held: 0n,
    available: 0n,
    redeemed: 0n,
    lapsed: 0n,
    expiresAt: daysLater(30).toISOString(),
    status: 'active',
    codeKeyVersion: 1,
    codeShownUntil: '2026-11-22T10:30:00.000Z',
    createdAt: start.toISOString(),
    updatedAt: start.toISOString(),
    version: 0,
    ...changes,
  };
  const { change } = giftCardTransition(unissued, { step: 'issue' }, { credited: amount }, start);
  return applyGiftCardChange(unissued, change);
}

/** A store with DynamoDB's promises: each write alone, on its conditions. It gives way between reading and writing. */
export function fakeGiftCardStore(...cards: readonly GiftCard[]) {
  const kept = new Map(cards.map((card) => [card.id, card]));
  const holds = new Map<string, GiftCardHold>();
  const transitions = new Map<string, GiftCardTransition>();
  const secrets = new Map<string, Uint8Array>();
  const codes = new Map<string, string>();
  const holdKey = (giftCardId: string, paymentId = '') => `${giftCardId} ${paymentId}`;
  const store: GiftCardStore = {
    read: (giftCardId, { transitionId, paymentId }) =>
      Promise.resolve({
        card: kept.get(giftCardId),
        hold: holds.get(holdKey(giftCardId, paymentId)),
        transition: transitions.get(transitionId),
      }),
    record: async (transition, hold) => {
      await Promise.resolve();
      const card = kept.get(transition.giftCardId);
      const key = hold && holdKey(transition.giftCardId, hold.after.paymentId);
      const isAsRead =
        card?.version === transition.change.version - 1 &&
        !transitions.has(transition.id) &&
        (key === undefined || holds.get(key) === hold?.before);
      if (!card || !isAsRead) return 'changed';
      kept.set(card.id, applyGiftCardChange(card, transition.change));
      transitions.set(transition.id, transition);
      if (key !== undefined && hold) holds.set(key, hold.after);
      return 'recorded';
    },
    closeHold: (hold) => {
      const key = holdKey(hold.giftCardId, hold.paymentId);
      if (holds.has(key)) return Promise.resolve('exists');
      holds.set(key, hold);
      return Promise.resolve('closed');
    },
  };
  const issuer: GiftCardIssuer = {
    find: (giftCardId) => Promise.resolve(kept.get(giftCardId)),
    issue: async (card, transition, hash, secret) => {
      await Promise.resolve();
      if (kept.has(card.id)) return 'exists';
      kept.set(card.id, applyGiftCardChange(card, transition.change));
      transitions.set(transition.id, transition);
      codes.set(`${hash.keyVersion} ${hash.value}`, card.id);
      secrets.set(card.id, secret);
      return 'issued';
    },
    findIssue: (giftCardId) => Promise.resolve(transitions.get(giftCardTransitionId(giftCardId, { step: 'issue' }))),
    findSecret: (giftCardId) => Promise.resolve(secrets.get(giftCardId)),
  };
  return {
    store,
    issuer,
    codes: {
      findByCode: ({ keyVersion, value }: { keyVersion: number; value: string }) =>
        Promise.resolve(codes.get(`${keyVersion} ${value}`)),
    },
    card: (giftCardId = cardId) => kept.get(giftCardId),
    holds: () => [...holds.values()],
    transitions: () => [...transitions.values()],
  };
}

/** Nobody waits in a test: whoever lost a race goes to the end of the line. */
export const backOff: BackOff = () => Promise.resolve();

export function fakeMacs(...keyVersions: readonly [number, ...number[]]): CodeMacs {
  return {
    keyVersions,
    mac: (keyVersion, message) => Promise.resolve(createHmac('sha256', `key ${keyVersion}`).update(message).digest()),
  };
}
