import type { OutsideCalls } from '../../kernel/metering.ts';

/** How often an invocation calls the world outside AWS, and for how long at least one of these calls is under way. */
export class OutsideTime {
  #count = 0;
  #underWay = 0;
  #since = 0;
  #milliseconds = 0;

  /** Says that a call begins. Answers what says that it has ended; saying so twice is saying it once. */
  begin(): () => void {
    this.#count += 1;
    if (this.#underWay === 0) this.#since = performance.now();
    this.#underWay += 1;
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#milliseconds += performance.now() - this.#since;
    };
  }

  /** What came together so far, calls under way among it. */
  sum(): OutsideCalls {
    const running = this.#underWay > 0 ? performance.now() - this.#since : 0;
    return { count: this.#count, milliseconds: this.#milliseconds + running };
  }
}
