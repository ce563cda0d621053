import type { FraudAssessment, FraudReason } from './assessment.ts';
import type { Decision } from './decide.ts';
import { decideByCost } from './decide.ts';
import { explain } from './model/forest.ts';
import type { FraudModel } from './model/fraud-model.ts';
import { probabilityOf } from './model/fraud-model.ts';
import { reasonsOf } from './reasons.ts';
import type { RuleFacts } from './rules.ts';
import { scoreByRules } from './rules.ts';
import type { FraudSettings } from './settings.ts';

/** A model's word on a payment. */
export interface ModelWord {
  readonly probability: number;
  readonly reasons: readonly FraudReason[];
}

const severity: Readonly<Record<Decision, number>> = { approve: 0, review: 1, decline: 2 };

/** What a model says of a vector. */
export function askModel(model: FraudModel, vector: readonly number[]): ModelWord {
  const { margin, contributions } = explain(model.forest, vector);
  return { probability: probabilityOf(model, margin), reasons: reasonsOf(vector, contributions) };
}

/**
 * Rules and model together: what a rule refuses or doubts stays refused or doubted, and the model may doubt more. What operators
 * allowed is approved whatever the model says, unless a limit is passed. Without the model's word the rules decide alone.
 */
export function assess(
  facts: RuleFacts,
  word: ModelWord | undefined,
  { limits, costs }: Pick<FraudSettings, 'limits' | 'costs'>,
  reviewsToday: number,
): FraudAssessment {
  const byRules = scoreByRules(facts, limits);
  if (!word) return byRules;
  const byModel = facts.listed === 'allow' ? 'approve' : decideByCost(word.probability, facts, costs, reviewsToday);
  const rulesDecide = severity[byRules.decision] > severity[byModel];
  const decision = rulesDecide ? byRules.decision : byModel;
  const told = new Set(byRules.reasons.map(({ code }) => code));
  return {
    score: rounded(rulesDecide ? Math.max(byRules.score, word.probability) : word.probability),
    decision,
    // Of an honest payment a model's reasons say nothing that anybody needs to know.
    reasons: [
      ...byRules.reasons,
      ...(decision === 'approve' ? [] : word.reasons.filter(({ code }) => !told.has(code))),
    ],
    decidedBy: 'model',
  };
}

/** Four digits tell all that a probability knows. */
function rounded(score: number): number {
  return Math.round(score * 10_000) / 10_000;
}
