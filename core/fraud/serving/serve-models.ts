import type { FraudModel } from '../model/fraud-model.ts';
import type { ModelRoles } from './model-roles.ts';
import { shippedModelId } from './model-roles.ts';

/** A model, and by which name what it says is written down. */
export interface NamedModel {
  readonly id: string;
  readonly model: FraudModel;
}

/** Those that score a payment. */
export interface ServedModels {
  /** None where no model fits: the rules decide alone. */
  readonly champion?: NamedModel;
  readonly challenger?: NamedModel;
}

interface ServeDependencies {
  /** None where it was refused. */
  readonly shipped: FraudModel | undefined;
  readonly read: (id: string) => Promise<FraudModel>;
  /** Told of each model that has a role and cannot score. */
  readonly onRefused: (id: string, error: unknown) => void;
}

/**
 * Answers the models of the roles, and keeps those that it has read. In place of a champion that cannot be read, or is for other
 * features than this release's, the shipped one decides; it is asked for again with the next payment unless it does not fit.
 */
export function serveModels({
  shipped,
  read,
  onRefused,
}: ServeDependencies): (roles: ModelRoles) => Promise<ServedModels> {
  const kept = new Map<string, Promise<NamedModel | undefined>>();
  const ofRelease = shipped && { id: shippedModelId, model: shipped };
  const find = (id: string | undefined): Promise<NamedModel | undefined> => {
    if (id === undefined) return Promise.resolve(undefined);
    if (id === shippedModelId) return Promise.resolve(ofRelease);
    const before = kept.get(id);
    if (before) return before;
    const reading = read(id)
      .then((model) => ({ id, model }))
      .catch((error: unknown) => {
        onRefused(id, error);
        // What does not fit this release never will; anything else may be better with the next payment.
        if (!isForGood(error)) kept.delete(id);
        return undefined;
      });
    kept.set(id, reading);
    return reading;
  };
  return async ({ champion, challenger }) => {
    const [deciding = ofRelease, writing] = await Promise.all([find(champion), find(challenger)]);
    for (const id of kept.keys()) if (id !== champion && id !== challenger) kept.delete(id);
    return { ...(deciding && { champion: deciding }), ...(writing && { challenger: writing }) };
  };
}

function isForGood(error: unknown): boolean {
  return error instanceof Error && error.name === 'ModelDoesNotFit';
}
