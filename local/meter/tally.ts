/** Names come from callers too, so that their number has to have an end. */
const mostKeys = 500;

/** Sums by key, made when first needed; beyond so many keys all others share the rest. */
export class Tally<T> {
  readonly #makeRest: () => T;
  readonly #sums = new Map<string, T>();
  #rest: T | undefined;

  constructor(makeRest: () => T) {
    this.#makeRest = makeRest;
  }

  of(key: string, make: () => T): T {
    const found = this.#sums.get(key);
    if (found) return found;
    if (this.#sums.size >= mostKeys) return (this.#rest ??= this.#makeRest());
    const made = make();
    this.#sums.set(key, made);
    return made;
  }

  list(): readonly T[] {
    return this.#rest === undefined ? [...this.#sums.values()] : [...this.#sums.values(), this.#rest];
  }

  total(valueOf: (sums: T) => number): number {
    return this.list().reduce((total, sums) => total + valueOf(sums), 0);
  }

  clear(): void {
    this.#sums.clear();
    this.#rest = undefined;
  }
}

/** The name under which all stand that are too many. */
export const others = '(others)';
