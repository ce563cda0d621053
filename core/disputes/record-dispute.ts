import { recordException } from '../exceptions/record-exception.ts';
import type { Finding } from '../exceptions/record-exception.ts';
import type { ExceptionBook } from '../exceptions/ports.ts';
import { parseMovementReference } from '../payments/movements/movement.ts';
import { sellersLots } from '../payments/movements/record-movement.ts';
import type { Payment } from '../payments/payment.ts';
import { PaymentContended } from '../payments/record-outcome.ts';
import type { Dispute, DisputeNotice, FeeBearer } from './dispute.ts';
import { disputeId } from './dispute.ts';
import { eventOf } from './dispute-rules.ts';
import { disputeTransition } from './dispute-transition.ts';
import type { DisputeStore } from './ports.ts';
import { replyBy } from './reply-by.ts';

export interface RecordDisputeDependencies {
  readonly store: DisputeStore;
  readonly exceptions: Pick<ExceptionBook, 'open'>;
  /** Who bears the fee of a dispute that is opened now. */
  readonly feeBearer: FeeBearer;
}

export type RecordDisputeResult =
  | { readonly kind: 'recorded' | 'known'; readonly dispute: Dispute }
  /** It does not fit our book; people are told. */
  | { readonly kind: 'exception'; readonly finding: Finding['kind'] }
  /** What became of the capture is not known here yet: the notice is to come again. */
  | { readonly kind: 'captureUnderWay' };

const tries = 60;

/**
 * Records what the acquirer tells of a dispute. It has taken the money, or given it back, so that nothing is refused.
 *
 * Primary course:
 * 1. The dispute is read; a notice that is not newer than what is known changes nothing.
 * 2. Its payment and capture are found by our own references, and the payment's lots are read.
 * 3. Dispute, transition, payment and lots are written in one transaction, if all are as they were read; else again.
 * 4. What went beyond what refunds have left is told to people.
 *
 * What does not fit our book (a reference that it does not hold, another amount, a step that no rule knows) moves nothing
 * and is told to people. Twice is once, in any order.
 */
export async function recordDispute(
  dependencies: RecordDisputeDependencies,
  notice: DisputeNotice,
  now: Date,
): Promise<RecordDisputeResult> {
  const { store } = dependencies;
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const before = await store.find(disputeId(notice.acquirerReference));
    if (before && before.version >= notice.version) return tell(dependencies, 'known', before, now);
    const named = parseMovementReference(notice.captureReference);
    const payment = named && (await store.findPayment(named.paymentId));
    const misfit = misfitOf(notice, payment, before);
    if (misfit === 'captureUnderWay') return { kind: misfit };
    if (misfit || !payment) return tellOf(dependencies, misfit ?? unknownReference(notice), now);
    const dispute = toDispute(dependencies, notice, payment, before, now);
    const transition = disputeTransition(payment, before, dispute, await store.lots(sellersLots(payment)), now);
    if ((await store.record(transition, dispute, before?.version, attempt)) === 'recorded') {
      return tell(dependencies, 'recorded', dispute, now);
    }
  }
  throw new PaymentContended(`A dispute of ${notice.captureReference} met others ${tries} times`);
}

/** What in a notice does not fit the payment or what was known of the dispute; undefined when all does. */
function misfitOf(
  notice: DisputeNotice,
  payment: Payment | undefined,
  before: Dispute | undefined,
): Finding | 'captureUnderWay' | undefined {
  const capture = payment?.movements[captureIdOf(notice)];
  if (!payment || capture?.kind !== 'capture' || capture.state === 'failed') return unknownReference(notice);
  if (capture.state === 'pending') return 'captureUnderWay';
  const isOther = before?.kind === 'chargeback' && (before.amount !== notice.amount || before.fee !== notice.fee);
  const isBackwards = before?.kind === 'chargeback' && notice.kind === 'inquiry';
  const leads = eventOf(before?.state ?? 'none', notice.state) !== undefined;
  const isOfKind = notice.state.startsWith('warning_') === (notice.kind === 'inquiry');
  if (notice.currency === payment.currency && !isOther && !isBackwards && leads && isOfKind) return undefined;
  return {
    ...findingOf('dispute_contradicts', notice),
    paymentId: payment.id,
    expected: before ? factsOf(before) : { currency: payment.currency, state: 'none' },
  };
}

/** The capture that our reference names; of any other text one that no payment has. */
function captureIdOf({ captureReference }: DisputeNotice): string {
  return parseMovementReference(captureReference)?.movementId ?? '';
}

function unknownReference(notice: DisputeNotice): Finding {
  return findingOf('dispute_reference_unknown', notice);
}

function findingOf(kind: Finding['kind'], notice: DisputeNotice): Finding {
  const { acquirerReference, version, captureReference, authorizationReference } = notice;
  return {
    kind,
    cause: [acquirerReference, String(version)],
    reference: captureReference,
    found: { dispute: acquirerReference, version: String(version), ...factsOf(notice), authorizationReference },
  };
}

function factsOf({
  kind,
  state,
  amount,
  fee,
  currency,
}: Pick<Dispute, 'kind' | 'state' | 'amount' | 'fee' | 'currency'>) {
  return { kind, state, amount: amount.toString(), fee: fee.toString(), currency };
}

async function tellOf(
  { exceptions }: RecordDisputeDependencies,
  finding: Finding,
  now: Date,
): Promise<RecordDisputeResult> {
  await recordException(exceptions, finding, now);
  return { kind: 'exception', finding: finding.kind };
}

/** Told again with every notice, so that dying between the transaction and this loses nothing. */
async function tell(
  { exceptions }: RecordDisputeDependencies,
  kind: 'recorded' | 'known',
  dispute: Dispute,
  now: Date,
): Promise<RecordDisputeResult> {
  if (dispute.excess > 0n) {
    const finding: Finding = {
      kind: 'dispute_exceeds_captured',
      cause: [dispute.id],
      paymentId: dispute.paymentId,
      reference: dispute.captureId,
      expected: { amount: (dispute.amount - dispute.excess).toString(), currency: dispute.currency },
      found: { dispute: dispute.id, amount: dispute.amount.toString(), currency: dispute.currency },
    };
    await recordException(exceptions, finding, now);
  }
  return { kind, dispute };
}

function toDispute(
  { feeBearer }: RecordDisputeDependencies,
  notice: DisputeNotice,
  payment: Payment,
  before: Dispute | undefined,
  now: Date,
): Dispute {
  const { captureReference: _capture, authorizationReference: _authorization, ...told } = notice;
  return {
    ...told,
    id: disputeId(notice.acquirerReference),
    paymentId: payment.id,
    captureId: captureIdOf(notice),
    sellerId: payment.sellerId,
    feeBearer: before?.kind === 'chargeback' ? before.feeBearer : bearerFor(payment, feeBearer),
    excess: before?.kind === 'chargeback' ? before.excess : excessOf(notice, payment),
    replyBy: replyBy(payment.tender?.brand, notice.openedAt),
    createdAt: before?.createdAt ?? now.toISOString(),
    updatedAt: now.toISOString(),
  };
}

/** A fee in the buyer's currency cannot be taken from a seller who has none of it: the platform bears it. */
function bearerFor({ conversion }: Payment, feeBearer: FeeBearer): FeeBearer {
  return conversion ? 'platform' : feeBearer;
}

/** What of a chargeback is more than refunds and other chargebacks have left. */
function excessOf({ kind, amount }: DisputeNotice, { refundable }: Payment): bigint {
  if (kind === 'inquiry') return 0n;
  const left = refundable > 0n ? refundable : 0n;
  return amount > left ? amount - left : 0n;
}
