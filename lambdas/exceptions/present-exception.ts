import type { Exception as ExceptionAnswer } from '../../contracts/exceptions.ts';
import type { Exception } from '../../core/exceptions/exception.ts';
import { stateOf } from '../../core/exceptions/exception.ts';
import { exceptionKinds } from '../../core/exceptions/kinds.ts';

/** An exception as the API shows it. */
export function presentException(exception: Exception): ExceptionAnswer {
  return {
    object: 'exception',
    ...exception,
    state: stateOf(exception),
    text: exceptionKinds[exception.kind],
    createdAt: exception.firstSeen,
  };
}
