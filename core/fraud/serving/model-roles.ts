/** The model that came with the release; others are named by what their files say. */
export const shippedModelId = 'shipped';

/** Which models score. */
export interface ModelRoles {
  /** Decides. */
  readonly champion: string;
  /** Scores the same payments, and what it says is only written down. */
  readonly challenger?: string;
  /** The champion before a promotion, until that is taken back. */
  readonly previous?: string;
  /** What was done to them, the newest first. */
  readonly changes: readonly RolesChange[];
  readonly version: number;
}

export const rolesChangeKinds = ['challenged', 'promoted', 'rolledBack'] as const;

export interface RolesChange {
  readonly kind: (typeof rolesChangeKinds)[number];
  readonly model: string;
  readonly by: string;
  /** RFC 3339 UTC. */
  readonly at: string;
}

/** Of a table in which nobody has put a model. */
export const rolesAtFirst: ModelRoles = { champion: shippedModelId, changes: [], version: 0 };

/** Who changed them, and when. */
export interface Authorship {
  readonly by: string;
  readonly at: string;
}

/** Every payment's scoring reads the roles: what was done long ago is in the logs. */
const mostChanges = 10;

/** The roles with a new challenger; the same where it is that already, and undefined where it is the champion. */
export function challenged(roles: ModelRoles, model: string, authorship: Authorship): ModelRoles | undefined {
  if (roles.champion === model) return undefined;
  if (roles.challenger === model) return roles;
  return changed(roles, { challenger: model }, { kind: 'challenged', model, ...authorship });
}

/**
 * The challenger decides from now on, and the champion becomes its challenger, so that what it would have said stays known. The same
 * where the model is champion already; undefined where it is neither.
 */
export function promoted(roles: ModelRoles, model: string, authorship: Authorship): ModelRoles | undefined {
  if (roles.champion === model) return roles;
  if (roles.challenger !== model) return undefined;
  const places = { champion: model, challenger: roles.champion, previous: roles.champion };
  return changed(roles, places, { kind: 'promoted', model, ...authorship });
}

/**
 * The champion before decides again. The model that is taken back is challenger, unless another one is by now. The same where it was
 * taken back already; undefined where it was never promoted.
 */
export function rolledBack(roles: ModelRoles, model: string, authorship: Authorship): ModelRoles | undefined {
  const { champion, challenger, previous } = roles;
  if (champion !== model)
    return roles.changes[0]?.kind === 'rolledBack' && roles.changes[0].model === model ? roles : undefined;
  if (previous === undefined) return undefined;
  const places = { champion: previous, challenger: challenger === previous || !challenger ? model : challenger };
  const { previous: _previous, ...rest } = roles;
  return changed(rest, places, { kind: 'rolledBack', model, ...authorship });
}

function changed(roles: ModelRoles, places: Partial<ModelRoles>, change: RolesChange): ModelRoles {
  return {
    ...roles,
    ...places,
    changes: [change, ...roles.changes].slice(0, mostChanges),
    version: roles.version + 1,
  };
}
