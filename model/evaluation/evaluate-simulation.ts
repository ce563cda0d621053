import type { Forest } from '../../core/fraud/model/forest.ts';
import type { Examples } from '../training/train-forest.ts';
import { trainForest, usualOptions } from '../training/train-forest.ts';
import type { AttackKind, SimulatedPayment } from '../simulator/payment.ts';
import { averagePrecision } from '../../core/fraud/monitoring/ranking.ts';
import { examplesOf, marginsOf } from './protocol.ts';
import type { Occurrence } from './replay.ts';
import { replay } from './replay.ts';

/** What part of the simulation is used for what: days, `from` among them and `to` not. */
export interface Days {
  readonly from: number;
  readonly to: number;
}

export interface SimulationFigures {
  /** Of the payments of each kind of attack, the share that scores above the threshold. */
  readonly caught: Readonly<Record<AttackKind, number>>;
  /** Of the honest payments, the share that does. */
  readonly hindered: number;
  readonly averagePrecision: number;
  readonly attacks: Readonly<Record<AttackKind, number>>;
}

/** A day far enough from the Unix epoch's first that nothing is before it. */
const firstDay = 20_000;

/** A forest of days of a simulation, and what it has not seen. */
export interface TrainedOnSimulation {
  readonly forest: Forest;
  /** Of the days between: for calibration, and to set a threshold. */
  readonly heldOut: Examples;
  readonly test: Examples;
  /** Of each payment of the test what attack it was. */
  readonly attacks: readonly (AttackKind | undefined)[];
}

/** Trains on days of a simulation. A week lies between training and what is held out, as labels need it. */
export function trainOnSimulation(
  payments: readonly SimulatedPayment[],
  days: { readonly training: Days; readonly heldOut: Days; readonly test: Days },
  progress?: (treesDone: number) => void,
): TrainedOnSimulation {
  const indexOf = ({ from, to }: Days) => payments.flatMap(({ at }, index) => (at >= from && at < to ? [index] : []));
  const labels = Uint8Array.from(payments, ({ attack }) => (attack === undefined ? 0 : 1));
  const at = (index: number) => occurrenceOf(payments[index]);
  const replayed = replay({ count: payments.length, at }, 0);
  const examples = (part: Days): Examples => examplesOf({ labels }, replayed, indexOf(part));
  return {
    forest: trainForest(examples(days.training), usualOptions, progress),
    heldOut: examples(days.heldOut),
    test: examples(days.test),
    attacks: indexOf(days.test).map((index) => payments[index]?.attack),
  };
}

/** Sets a threshold that hinders a share of the honest of the days held out, and tells what it does in the test. */
export function testOnSimulation(
  { forest, heldOut, test, attacks }: TrainedOnSimulation,
  mostHindered: number,
): SimulationFigures {
  const threshold = thresholdFor(marginsOf(forest, heldOut), heldOut.labels, mostHindered);
  const margins = marginsOf(forest, test);
  const tested = attacks.map((attack, row) => ({ attack, isStopped: (margins[row] ?? 0) > threshold }));
  const shareOf = (attack: AttackKind | undefined) => {
    const all = tested.filter((each) => each.attack === attack);
    return { count: all.length, stopped: all.filter(({ isStopped }) => isStopped).length / all.length };
  };
  const byKind = (pick: (share: ReturnType<typeof shareOf>) => number) => ({
    card_testing: pick(shareOf('card_testing')),
    account_takeover: pick(shareOf('account_takeover')),
    collusion: pick(shareOf('collusion')),
    stolen_gift_cards: pick(shareOf('stolen_gift_cards')),
    amount_anomaly: pick(shareOf('amount_anomaly')),
  });
  return {
    caught: byKind(({ stopped }) => stopped),
    attacks: byKind(({ count }) => count),
    hindered: shareOf(undefined).stopped,
    averagePrecision: averagePrecision({ scores: margins, labels: test.labels }),
  };
}

function occurrenceOf(payment: SimulatedPayment | undefined): Occurrence {
  if (!payment) throw new Error('There is no such payment');
  const { at, seller, attack, isDeclined, ...seen } = payment;
  return {
    event: { kind: 'payment', at: firstDay + at, ...seen },
    ...{ seller, isDeclined, isFraud: attack !== undefined },
  };
}

/** The score that a share of the honest is above. */
function thresholdFor(margins: Float64Array, labels: Uint8Array, share: number): number {
  const honest = margins.filter((_, row) => labels[row] === 0).toSorted();
  return honest[Math.floor(honest.length * (1 - share))] ?? Number.POSITIVE_INFINITY;
}
