import type { Problem, ProblemCode } from '../../contracts/problem.ts';
import { problems } from '../../contracts/problem.ts';

/** Thrown by a handler or its middlewares; the last middleware turns it into application/problem+json. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly errors: Problem['errors'];

  /** `detail` is shown to the caller: never an inner message. */
  constructor(code: ProblemCode, detail: string, errors?: Problem['errors']) {
    super(detail);
    this.code = code;
    this.errors = errors;
  }

  toProblem(): Problem {
    const { status, title } = problems[this.code];
    return {
      type: `urn:quittance:problem:${this.code}`,
      title,
      status,
      detail: this.message,
      code: this.code,
      ...(this.errors ? { errors: this.errors } : {}),
    };
  }
}
