/** What was computed already, and what is being computed, in order. One for the whole assembly. */
export interface Trail {
  readonly underWay: string[];
}

/**
 * Remembers what was computed by name, and sees when a computation comes back to itself: templates refer to each
 * other in any order, so everything is resolved when it is first asked for.
 *
 * @returns A function that answers the value of a key; it throws an Error that shows the way when there is a cycle.
 */
export function lazily<T>(
  trail: Trail,
  describe: (key: string) => string,
  compute: (key: string) => T,
): (key: string) => T {
  const values = new Map<string, { readonly value: T }>();
  return (key) => {
    const known = values.get(key);
    if (known) return known.value;
    const name = describe(key);
    if (trail.underWay.includes(name)) {
      const cycle = [...trail.underWay.slice(trail.underWay.indexOf(name)), name].join(' -> ');
      throw new Error(`it refers to itself: ${cycle}`);
    }
    trail.underWay.push(name);
    try {
      const value = compute(key);
      values.set(key, { value });
      return value;
    } finally {
      trail.underWay.pop();
    }
  };
}
