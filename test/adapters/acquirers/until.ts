const limitMilliseconds = 10_000;

/** Asks again and again, for 10 s at most, until the answer passes; throws with the last one when it never does. */
export async function until<T>(ask: () => Promise<T>, passes: (answer: T) => boolean): Promise<T> {
  const end = Date.now() + limitMilliseconds;
  for (;;) {
    const answer = await ask();
    if (passes(answer)) return answer;
    if (Date.now() > end) throw new Error(`never came true; the last answer was ${String(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
