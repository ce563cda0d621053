import { isDeepStrictEqual } from 'node:util';

/**
 * What an object does when it is asked one thing at a time: the specification that concurrent answers are held against.
 * A step that changes nothing answers the very state that it was given.
 */
export interface Model<State, Call, Answer> {
  readonly initial: State;
  readonly step: (state: State, call: Call) => { readonly state: State; readonly answer: Answer };
}

/** One call of a history, with the ticks of a counter that all clients share at which it began and ended. */
export interface Operation<Call, Answer> {
  readonly call: Call;
  /** Absent when the caller never learned it: then the call took effect at any time after it began, or not at all. */
  readonly answer?: Answer | undefined;
  readonly invokedAt: number;
  /** Infinity when no answer came. */
  readonly returnedAt: number;
}

/**
 * Whether a concurrent history could have been told by the model, one call at a time, each at a moment between its
 * beginning and its end (Wing and Gong, "Testing and Verifying Concurrent Objects", 1993). Goes through the orders
 * that time allows, depth first; a set of calls that led to a state in vain is not tried again (Lowe, 2017).
 */
export function isLinearizable<State, Call, Answer>(
  { initial, step }: Model<State, Call, Answer>,
  history: readonly Operation<Call, Answer>[],
): boolean {
  const inVain = new Set<string>();
  const search = (state: State, left: readonly number[]): boolean => {
    const operations = left.flatMap((index) => history[index] ?? []);
    if (operations.every(({ answer }) => answer === undefined)) return true;
    const position = `${left.join()} ${JSON.stringify(state)}`;
    if (inVain.has(position)) return false;
    // What began after another had ended cannot come before it.
    const firstReturn = Math.min(...operations.map(({ returnedAt }) => returnedAt));
    const found = operations.some(({ call, answer, invokedAt }, at) => {
      if (invokedAt > firstReturn) return false;
      const told = step(state, call);
      // What is not known and changes nothing may as well never have come.
      if (answer === undefined ? told.state === state : !isDeepStrictEqual(told.answer, answer)) return false;
      return search(
        told.state,
        left.filter((_, other) => other !== at),
      );
    });
    if (!found) inVain.add(position);
    return found;
  };
  return search(initial, [...history.keys()]);
}
