import { createHash } from 'node:crypto';
import { featureNames } from '../features/features.ts';
import { expectSound, ModelNotSound } from '../model/expect-sound.ts';
import type { FraudModel } from '../model/fraud-model.ts';
import { toModelFile } from '../model/fraud-model.ts';
import type { Authorship, ModelRoles } from './model-roles.ts';
import { challenged, promoted, rolledBack, shippedModelId } from './model-roles.ts';
import type { ModelBook } from './ports.ts';

/** Others changed the roles at the same time, again and again. */
export class RolesContended extends Error {
  override readonly name = 'RolesContended';
}

type ChangeResult = { readonly kind: 'changed'; readonly roles: ModelRoles } | { readonly kind: 'refused' };

interface NewModel {
  readonly model: FraudModel;
  readonly note: string;
}

/**
 * A new model becomes challenger.
 *
 * Primary course:
 * 1. The model is kept under an id that follows from its file, so that putting it in again keeps the same.
 * 2. It takes the challenger's place; who was challenger is kept, but scores no more.
 *
 * Refused when it is the champion. Throws when the model is not sound (expect-sound.ts).
 */
export async function challenge(
  book: ModelBook,
  { model, note }: NewModel,
  authorship: Authorship,
): Promise<ChangeResult> {
  expectSound(model, featureNames.length);
  const id = modelIdOf(model);
  const { by: createdBy, at: createdAt } = authorship;
  await book.keep({ id, trees: model.forest.treeCount, note, createdAt, createdBy }, model);
  return changeRoles(book, (roles) => challenged(roles, id, authorship));
}

/**
 * The challenger decides, from the next payment on. Refused when the model is not the challenger. Throws ModelNotSound when it cannot be
 * read: another would decide in its place.
 */
export async function promote(book: ModelBook, model: string, authorship: Authorship): Promise<ChangeResult> {
  const { challenger } = await book.roles();
  if (challenger === model && model !== shippedModelId) await readable(book, model);
  return changeRoles(book, (roles) => promoted(roles, model, authorship));
}

async function readable(book: Pick<ModelBook, 'read'>, model: string): Promise<void> {
  try {
    await book.read(model);
  } catch (cause) {
    throw new ModelNotSound('The model cannot be read: put its file in again', { cause });
  }
}

/** The champion before decides again, from the next payment on. Refused when the model was not promoted. */
export async function rollBack(book: ModelBook, model: string, authorship: Authorship): Promise<ChangeResult> {
  return changeRoles(book, (roles) => rolledBack(roles, model, authorship));
}

/** `mdl_` and 16 characters of the hash of its file: the same model has the same id wherever it is. */
export function modelIdOf(model: FraudModel): string {
  return `mdl_${createHash('sha256').update(toModelFile(model)).digest('hex').slice(0, 16)}`;
}

const tries = 5;

async function changeRoles(
  book: Pick<ModelBook, 'roles' | 'writeRoles'>,
  change: (roles: ModelRoles) => ModelRoles | undefined,
): Promise<ChangeResult> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const standing = await book.roles();
    const roles = change(standing);
    if (!roles) return { kind: 'refused' };
    if (roles === standing || (await book.writeRoles(roles)) === 'written') return { kind: 'changed', roles };
  }
  throw new RolesContended(`The models' roles changed ${tries} times while they were changed`);
}
