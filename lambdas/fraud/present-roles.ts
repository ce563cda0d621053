import type { FraudModels } from '../../contracts/fraud-models.ts';
import type { ModelRoles } from '../../core/fraud/serving/model-roles.ts';
import type { ModelBook } from '../../core/fraud/serving/ports.ts';

/** The roles, with what is known of those who have one. */
export async function presentRoles(book: Pick<ModelBook, 'records'>, roles: ModelRoles): Promise<FraudModels> {
  const { champion, challenger, previous, changes, version } = roles;
  const named = [...new Set([champion, challenger, previous].filter((id) => id !== undefined))];
  return {
    object: 'fraud_models',
    champion,
    ...(challenger !== undefined && { challenger }),
    ...(previous !== undefined && { previous }),
    changes: [...changes],
    version,
    models: [...(await book.records(named))],
  };
}
