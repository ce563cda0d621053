import { createRequire } from 'node:module';
import * as z from 'zod';
import type { JsonObject } from '../kernel/service.ts';

/** The definitions that have been found valid, by hash: checking one again takes a tenth of a second of every start. */
export interface CheckedDefinitions {
  isChecked(hash: string): boolean;
  markChecked(hash: string): void;
}

interface Verdict {
  readonly isValid: boolean;
  errorsText(separator?: string): string;
}
const validator = z.custom<(definition: unknown) => Verdict>((value) => typeof value === 'function');

/** Checks a definition with asl-validator. Throws an Error with everything that it finds. */
export function checkDefinition(definition: JsonObject, hash: string, checked: CheckedDefinitions): void {
  if (checked.isChecked(hash)) return;
  // Loaded when it is needed: it brings several schemas and their compiler.
  const validate = validator.parse(createRequire(import.meta.url)('asl-validator'));
  // It writes into what it is given.
  const verdict = validate(structuredClone(definition));
  if (!verdict.isValid) throw new Error(`asl-validator: ${verdict.errorsText('; ')}`);
  checked.markChecked(hash);
}
