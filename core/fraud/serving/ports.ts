import type { FraudModel } from '../model/fraud-model.ts';
import type { ModelRoles } from './model-roles.ts';

/** What is known of a model that was put in. */
export interface ModelRecord {
  /** `mdl_` and the hash of its file. */
  readonly id: string;
  readonly trees: number;
  /** Where it comes from, for colleagues. */
  readonly note: string;
  readonly createdAt: string;
  readonly createdBy: string;
}

/** Where models are kept, and which of them score. */
export interface ModelBook {
  /** Strongly consistent; `rolesAtFirst` where nobody has changed them. */
  roles(): Promise<ModelRoles>;
  /** Writes a version on the condition that the one before it still stands. */
  writeRoles(roles: ModelRoles): Promise<'written' | 'changed'>;
  /** Keeps a model under its id; the same again is the same, with the note and the date of the last time. */
  keep(record: ModelRecord, model: FraudModel): Promise<void>;
  /** Those of them that there are, and can be read. */
  records(ids: readonly string[]): Promise<readonly ModelRecord[]>;
  /** Throws when there is no such model, and ModelDoesNotFit when it is for other features. */
  read(id: string): Promise<FraudModel>;
}
