import type { FraudModel } from '../model/fraud-model.ts';
import { ModelDoesNotFit } from '../model/fraud-model.ts';
import type { ModelRoles } from './model-roles.ts';
import { shippedModelId } from './model-roles.ts';

/** A model, and by which name what it says is written down. */
export interface NamedModel {
  readonly id: string;
  readonly model: FraudModel;
}

/** Answers the models of the roles, each for itself: one that is late takes nothing from the other. */
export interface ModelServer {
  /** The model of the release; none where it was refused. */
  readonly shipped: NamedModel | undefined;
  /** Undefined where it cannot score: the shipped model decides in its place. */
  champion(roles: ModelRoles): Promise<NamedModel | undefined>;
  /** Undefined where there is none, or it cannot score: nothing is written down. */
  challenger(roles: ModelRoles): Promise<NamedModel | undefined>;
}

interface ServeDependencies {
  readonly shipped: FraudModel | undefined;
  readonly read: (id: string) => Promise<FraudModel>;
  /** Told of each model that has a role and cannot score. */
  readonly onRefused: (id: string, error: unknown) => void;
}

/**
 * Serves models, and keeps those that it has read as long as they have a role. What could not be read is asked for again with the next
 * payment; what is for other features than this release's is not.
 */
export function serveModels({ shipped, read, onRefused }: ServeDependencies): ModelServer {
  const kept = new Map<string, Promise<NamedModel | undefined>>();
  const ofRelease = shipped && { id: shippedModelId, model: shipped };
  const find = ({ champion, challenger }: ModelRoles, id: string): Promise<NamedModel | undefined> => {
    for (const each of kept.keys()) if (each !== champion && each !== challenger) kept.delete(each);
    if (id === shippedModelId) return Promise.resolve(ofRelease);
    const before = kept.get(id);
    if (before) return before;
    const reading = read(id)
      .then((model) => ({ id, model }))
      .catch((error: unknown) => {
        onRefused(id, error);
        if (!(error instanceof ModelDoesNotFit)) kept.delete(id);
        return undefined;
      });
    kept.set(id, reading);
    return reading;
  };
  return {
    shipped: ofRelease,
    champion: (roles) => find(roles, roles.champion),
    challenger: async (roles) => (roles.challenger === undefined ? undefined : find(roles, roles.challenger)),
  };
}
