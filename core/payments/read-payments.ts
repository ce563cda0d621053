import type { Principal } from '../access/principal.ts';
import { isOperator } from '../access/principal.ts';
import { decodeCursor, encodeCursor, isTimestamp } from '../lists/cursor.ts';
import type { Payment } from './payment.ts';
import type {
  PaymentPosition,
  PaymentQuery,
  PaymentStore,
  PaymentWorkflow,
  StoredTransition,
  WorkflowRuns,
} from './ports.ts';
import { resolutionName } from './start-resolutions.ts';

/** A payment opens for whom it belongs to, and for operators. A stranger's payment is as if it did not exist. */
export function mayRead(principal: Principal, payment: Payment): boolean {
  return payment.ownerId === principal.id || isOperator(principal);
}

/** The payment, or undefined when there is none that this caller may see. */
export async function getPayment(
  payments: Pick<PaymentStore, 'find'>,
  principal: Principal,
  paymentId: string,
): Promise<Payment | undefined> {
  const payment = await payments.find(paymentId);
  return payment && mayRead(principal, payment) ? payment : undefined;
}

export interface ListPaymentsRequest extends Omit<PaymentQuery, 'ownerId' | 'ownerKind' | 'after'> {
  readonly principal: Principal;
  readonly cursor?: string | undefined;
}

export type ListPaymentsResult =
  | { readonly kind: 'page'; readonly payments: readonly Payment[]; readonly nextCursor: string | null }
  | { readonly kind: 'cursorInvalid' };

/**
 * A page of the caller's own payments, newest first. A filtered page may hold fewer than `limit` and still have a
 * next one. A cursor belongs to its caller and its filters; with others it is `cursorInvalid`.
 */
export async function listPayments(
  payments: Pick<PaymentStore, 'list'>,
  request: ListPaymentsRequest,
): Promise<ListPaymentsResult> {
  const { principal, cursor, ...filters } = request;
  const list = listName(request);
  const after = cursor === undefined ? undefined : toPosition(decodeCursor(list, cursor));
  if (cursor !== undefined && !after) return { kind: 'cursorInvalid' };
  const page = await payments.list({ ...filters, ownerId: principal.id, ownerKind: principal.kind, after });
  return {
    kind: 'page',
    payments: page.payments,
    nextCursor: page.next ? encodeCursor(list, { ...page.next }) : null,
  };
}

function listName({ principal, status, sellerId, buyerId, from, to }: ListPaymentsRequest): readonly string[] {
  return ['payments', principal.id, ...[status, sellerId, buyerId, from, to].map((filter) => filter ?? '')];
}

/** Anybody can make a cursor (lists/cursor.ts): only values that a list could have ended with are taken. */
function toPosition(key: Readonly<Record<string, string>> | undefined): PaymentPosition | undefined {
  const { paymentId = '', createdAt = '' } = key ?? {};
  return /^pay_[0-9a-z]{26}$/u.test(paymentId) && isTimestamp(createdAt) ? { paymentId, createdAt } : undefined;
}

interface TimelineRun {
  readonly workflow: PaymentWorkflow;
  readonly name: string;
  readonly startedAt: string;
  readonly status: string;
}

export interface Timeline {
  readonly payment: Payment;
  readonly transitions: readonly StoredTransition[];
  readonly runs: readonly TimelineRun[];
}

/** An acquirer that is away for days is asked in hundreds of rounds; the newest say what there is to say. */
const mostRuns = 20;

/**
 * Everything that happened to a payment: its transitions with their attempts, and the newest long runs that looked
 * into it. A run that cannot be described just now is left out: what happened to the money does not wait for it.
 */
export async function getTimeline(
  { payments, runs }: { readonly payments: Pick<PaymentStore, 'history'>; readonly runs: WorkflowRuns },
  principal: Principal,
  paymentId: string,
): Promise<Timeline | undefined> {
  const history = await payments.history(paymentId);
  if (!history || !mayRead(principal, history.payment)) return undefined;
  const described = await Promise.all(
    runsOf(history.payment).map(async (run) => ({
      run,
      found: await runs.describe(run.workflow, run.name).catch(() => undefined),
    })),
  );
  return { ...history, runs: described.flatMap(({ run, found }) => (found ? [{ ...run, ...found }] : [])) };
}

function runsOf({ id, resolveRound, review }: Payment): readonly Pick<TimelineRun, 'workflow' | 'name'>[] {
  const rounds = Array.from({ length: Math.min(resolveRound, mostRuns) }, (_, index) => resolveRound - index);
  return [
    ...(review ? [{ workflow: 'review-payment', name: review.id } as const] : []),
    ...rounds.map((round) => ({ workflow: 'resolve-payment', name: resolutionName(id, round) }) as const),
  ];
}
