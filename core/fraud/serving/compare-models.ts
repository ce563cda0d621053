import type { Decision } from '../decide.ts';
import { whatItWas } from '../label.ts';
import type { ObservedPayment } from '../monitoring/ports.ts';
import type { Quality } from '../monitoring/quality.ts';
import { qualityOf } from '../monitoring/quality.ts';
import { areaUnderRoc, averagePrecision } from '../monitoring/ranking.ts';

/** What one of two models said of the same payments, and how right it was. */
export interface ModelFigures {
  readonly model: string;
  /** How many payments it would approve, have reviewed and decline. */
  readonly decisions: Readonly<Record<Decision, number>>;
  /** Of payments of which is known what they were, or that were taken and nobody complained of so far. */
  readonly quality: Quality;
  /**
   * Of the payments that neither would decline, for of what the champion declined nobody says what it was: its own ranks would look worse than
   * they are. Absent where not both kinds of payments are known.
   */
  readonly areaUnderRoc?: number;
  readonly averagePrecision?: number;
}

/** Champion and challenger beside each other, on payments that both have scored. */
export interface ModelComparison {
  readonly from: string;
  readonly until: string;
  readonly payments: number;
  /** Of how many the two decide otherwise. */
  readonly decidedOtherwise: number;
  readonly champion: ModelFigures;
  readonly challenger: ModelFigures;
}

interface Said {
  readonly score: number;
  readonly decision: Decision;
}

/** In: payments as they were scored, of any models; those of other pairs are left out. */
export function compareModels(
  observed: readonly ObservedPayment[],
  { champion, challenger }: { readonly champion: string; readonly challenger: string },
  { from, until }: { readonly from: Date; readonly until: Date },
): ModelComparison {
  const both = observed.flatMap(({ models, score, decision, ...payment }) =>
    models?.champion === champion && models.challenger?.model === challenger
      ? { champion: { score, decision }, challenger: models.challenger, isFraud: whatItWas(payment) }
      : [],
  );
  const isDeclined = (each: (typeof both)[number]) =>
    each.champion.decision === 'decline' || each.challenger.decision === 'decline';
  const judged = (of: 'champion' | 'challenger') =>
    both.map((each) => ({ ...each[of], isFraud: each.isFraud, isRanked: !isDeclined(each) }));
  return {
    ...{ from: from.toISOString(), until: until.toISOString(), payments: both.length },
    decidedOtherwise: both.filter((each) => each.champion.decision !== each.challenger.decision).length,
    champion: figuresOf(champion, judged('champion')),
    challenger: figuresOf(challenger, judged('challenger')),
  };
}

interface Judged extends Said {
  readonly isFraud: boolean | undefined;
  readonly isRanked: boolean;
}

function figuresOf(model: string, all: readonly Judged[]): ModelFigures {
  const known = all.flatMap(({ isFraud, ...said }) => (isFraud === undefined ? [] : [{ ...said, isFraud }]));
  const ranked = known.filter(({ isRanked }) => isRanked);
  const frauds = ranked.filter(({ isFraud }) => isFraud).length;
  const scored = {
    scores: Float64Array.from(ranked, ({ score }) => score),
    labels: Uint8Array.from(ranked, ({ isFraud }) => (isFraud ? 1 : 0)),
  };
  const count = (decision: Decision) => all.filter((each) => each.decision === decision).length;
  return {
    model,
    decisions: { approve: count('approve'), review: count('review'), decline: count('decline') },
    quality: qualityOf(known),
    ...(frauds > 0 &&
      frauds < ranked.length && { areaUnderRoc: areaUnderRoc(scored), averagePrecision: averagePrecision(scored) }),
  };
}
