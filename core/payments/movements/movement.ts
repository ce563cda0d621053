import { deriveId } from '../../ids.ts';
import type { TenderPart } from '../tenders/tender-share.ts';

/**
 * What is done to an authorization after it was made. It is written into the payment as `pending`, with what it takes
 * out of the payment's remainders, before anybody outside is called; its outcome is a transition.
 */
export interface Movement {
  readonly id: string;
  readonly kind: MovementKind;
  /** Minor units that move: captured, refunded, or released. */
  readonly amount: bigint;
  /** What it took out of `capturable` or `refundable`, and gives back when it fails. More than `amount` for a final capture. */
  readonly taken: bigint;
  /** Both of each tender, in the order of the payment's shares; absent where one card pays alone. */
  readonly parts?: readonly TenderPart[];
  /** Of a capture: what is left of the authorization is released with it. */
  readonly isFinal: boolean;
  readonly state: 'pending' | 'succeeded' | 'failed';
  readonly failureCode?: string;
  /** Of a refund: the seller's word for it. */
  readonly reason?: string;
  /** The stable fields of the request: the same Idempotency-Key with others is refused. */
  readonly requestHash: string;
  /** Which API request began it, so that a write whose answer was lost knows itself again. */
  readonly begunBy: string;
  readonly begunAt: string;
  /** The version that its outcome made. */
  readonly version?: number;
}

/** `expiry` releases what was not captured in time; all else somebody asked for. */
export type MovementKind = 'capture' | 'void' | 'expiry' | 'refund';

const prefixes: Readonly<Record<MovementKind, string>> = {
  capture: 'cap_',
  void: 'void_',
  expiry: 'exp_',
  refund: 'ref_',
};

/** The id of what a request asks for: the same caller, route, payment and key name the same movement for ever. */
export function movementId(kind: MovementKind, ...cause: readonly string[]): string {
  return deriveId(prefixes[kind], kind, ...cause);
}

/**
 * The acquirer's reference of a movement. It names the payment too, so that what the acquirer says about it, in a
 * settlement file for example, leads to the payment without an index. 62 characters at most, of 64.
 */
export function movementReference(paymentId: string, movement: Pick<Movement, 'id'>): string {
  return `${paymentId}-${movement.id}`;
}

const reference = /^(?<paymentId>pay_[0-9a-z]{26})-(?<movementId>(?:cap|void|exp|ref)_[0-9a-z]{26})$/u;

/** The payment and the movement that a reference of ours names; undefined for any other text. */
export function parseMovementReference(
  text: string,
): { readonly paymentId: string; readonly movementId: string } | undefined {
  const { paymentId, movementId: id } = reference.exec(text)?.groups ?? {};
  return paymentId === undefined || id === undefined ? undefined : { paymentId, movementId: id };
}

/** What is written but has no outcome yet. */
export function pendingMovements({ movements }: MovementsOf): readonly Movement[] {
  return Object.values(movements).filter(({ state }) => state === 'pending');
}

/** As long as one is, what it takes may still be taken out of the authorization, which nobody may close. */
export function hasCaptureUnderWay(payment: MovementsOf): boolean {
  return pendingMovements(payment).some(({ kind }) => kind === 'capture');
}

interface MovementsOf {
  readonly movements: Readonly<Record<string, Movement>>;
}

/** What became of a movement at the acquirer. An unknown outcome is none: the movement stays `pending`. */
export type MovementOutcome =
  | { readonly kind: 'accepted'; readonly networkReference?: string }
  | { readonly kind: 'refused'; readonly code: string };

/**
 * A movement of this kind may begin while a payment has fewer movements than this. A refund or a chargeback may take from the lot
 * of every capture, in one transaction with the payment, and a transaction has 100 items: so captures stop long before
 * that. Refunds stop where the payment's item would grow large. What only gives back stops at nothing, or a payment that has
 * reached a limit could not be ended.
 */
export function mostMovementsFor(kind: MovementKind): number {
  switch (kind) {
    case 'capture':
      return 60;
    case 'refund':
      return 200;
    case 'void':
    case 'expiry':
      return Number.POSITIVE_INFINITY;
  }
}
