import type { Review, ReviewClaim } from '../../core/fraud/reviews/review.ts';
import { ProblemError } from '../house/problem-error.ts';

export function reviewNotFound(): ProblemError {
  return new ProblemError('review_not_found', 'No review has this id.');
}

export function reviewDecided({ state, decision }: Review): ProblemError {
  return new ProblemError('review_decided', `It was ${state} by ${decision?.by ?? 'somebody'} before.`);
}

export function reviewClaimed({ by, until }: ReviewClaim): ProblemError {
  return new ProblemError('review_claimed', `${by} looks at it until ${until}.`);
}
