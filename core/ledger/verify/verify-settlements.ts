import type { Settlement, SettlementTransition } from '../../settlement/settlement.ts';
import type { Books, Finding } from './books.ts';
import { finding, unless } from './books.ts';

/**
 * Each settlement's transitions follow on one another, the bank got what the file says it was transferred, and what
 * they cleared is marked as settled, once.
 */
export function* verifySettlements(books: Books): Generator<Finding> {
  const { settlements, settlementTransitions } = books;
  const byId = new Map(settlements.map((settlement) => [settlement.id, settlement]));
  const transitions = Map.groupBy(settlementTransitions, ({ settlementId }) => settlementId);
  for (const id of new Set([...byId.keys(), ...transitions.keys()])) {
    const settlement = byId.get(id);
    const history = (transitions.get(id) ?? []).toSorted((one, other) => one.version - other.version);
    if (settlement) yield* verifySettlement(settlement, history);
    else yield finding(id, 'a settlement for its transitions', 'none');
  }
  yield* verifyClears(books);
}

function* verifySettlement(settlement: Settlement, history: readonly SettlementTransition[]): Generator<Finding> {
  const { id, version, count, booked, state, sums } = settlement;
  let before = 1;
  for (const transition of history) {
    const { version: made } = transition;
    if (made <= before || made > version) {
      yield finding(nameOf(transition), `a version above ${before} and up to ${version}`, made);
    }
    before = made;
  }
  if (booked > count) yield finding(id, `at most ${count} lines booked`, booked);
  yield* unless(id, 'the state', booked === count && history.length > 0 ? 'settled' : state, state);
  if (state !== 'settled') return;
  const expected = Object.fromEntries(sums.flatMap(({ currency, net }) => (net === 0n ? [] : [[currency, net]])));
  yield* unless(id, 'on the bank', expected, bankedBy(history));
}

/** Debits less credits of the bank, by currency, where there are any. */
function bankedBy(history: readonly SettlementTransition[]): Readonly<Record<string, bigint>> {
  const sums = new Map<string, bigint>();
  for (const { account, side, amount, currency } of history.flatMap(({ postings }) => postings)) {
    if (account !== 'bank') continue;
    sums.set(currency, (sums.get(currency) ?? 0n) + (side === 'debit' ? amount : -amount));
  }
  return Object.fromEntries([...sums].filter(([, sum]) => sum !== 0n));
}

function* verifyClears({ settlementTransitions, settledKeys }: Books): Generator<Finding> {
  const marked = new Set(settledKeys);
  const clearedBy = new Map<string, string>();
  for (const transition of settlementTransitions) {
    for (const key of transition.clears) {
      const name = nameOf(transition);
      const earlier = clearedBy.get(key);
      if (earlier !== undefined) yield finding(name, `${key} cleared once`, `cleared by ${earlier} too`);
      if (!marked.has(key)) yield finding(name, `${key} marked as settled`, 'no mark');
      clearedBy.set(key, name);
    }
  }
  for (const key of settledKeys) {
    if (!clearedBy.has(key)) yield finding(key, 'a settlement that cleared it', 'none');
  }
}

function nameOf({ settlementId, version }: SettlementTransition): string {
  return `${settlementId}/${String(version).padStart(6, '0')}`;
}
