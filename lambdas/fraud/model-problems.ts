import { ModelNotSound } from '../../core/fraud/model/expect-sound.ts';
import { ProblemError } from '../house/problem-error.ts';

/** A model that cannot score, as its caller is told; anything else is thrown on. */
export function refuseUnsound(error: unknown): never {
  if (error instanceof ModelNotSound) throw new ProblemError('fraud_model_invalid', error.message);
  throw error;
}
