import { orInterrupted } from './interrupt.ts';
import type { Strand } from './run.ts';

/**
 * Pauses until a time. Meanwhile the strand is not at work, for the clock may have to move on to that time; it is again
 * at the very moment when the pause is over.
 */
export async function sleepUntil(strand: Strand, at: number): Promise<void> {
  const { ports, interrupt } = strand;
  await orInterrupted<undefined>(interrupt, (resolve) => {
    let asleep = true;
    const wake = () => {
      if (asleep) ports.working(1);
      asleep = false;
    };
    ports.working(-1);
    const cancel = ports.at(at, () => {
      wake();
      resolve(undefined);
    });
    return () => {
      wake();
      cancel();
    };
  });
}
