import type { Json } from '../../kernel/service.ts';
import { StateFailure, errorNames } from './failure.ts';
import { orInterrupted } from './interrupt.ts';
import type { Strand } from './run.ts';
import type { Tokens } from './tokens.ts';

/** How long a task may wait for its answer. */
export interface TokenLimits {
  /** Milliseconds since the epoch; undefined where the task names none. */
  readonly until: number | undefined;
  /** How long it may be between two signs of life. */
  readonly heartbeatSeconds: number | undefined;
}

/**
 * Waits until somebody outside answers for the task. Meanwhile the strand is not at work. Throws StateFailure with the
 * error that was given, States.Timeout, or States.HeartbeatTimeout.
 */
export function answerTo(strand: Strand, tokens: Tokens, token: string, limits: TokenLimits): Promise<Json> {
  const { ports, interrupt } = strand;
  return orInterrupted<Json>(interrupt, (resolve, reject) => {
    let asleep = true;
    ports.working(-1);
    const wake = () => {
      if (asleep) ports.working(1);
      asleep = false;
    };
    const end = (work: () => void) => {
      wake();
      work();
    };
    const expire = (error: string, cause: string) => {
      tokens.close(token);
      end(() => {
        reject(new StateFailure(error, cause));
      });
    };
    const { until, heartbeatSeconds } = limits;
    let cancelHeartbeat: () => void = () => undefined;
    const cancelTimeout =
      until === undefined
        ? () => undefined
        : ports.at(until, () => {
            expire(errorNames.timeout, 'Nobody has answered for the task in its time.');
          });
    const forget = tokens.listen(token, {
      answered: (answer) => {
        end(() => {
          if (answer.kind === 'succeeded') resolve(answer.output);
          else reject(new StateFailure(answer.error, answer.cause));
        });
      },
      heard: (at) => {
        cancelHeartbeat();
        if (heartbeatSeconds === undefined) return;
        cancelHeartbeat = ports.at(at + heartbeatSeconds * 1000, () => {
          expire(errorNames.heartbeatTimeout, `Nothing was heard of the task for ${heartbeatSeconds} seconds.`);
        });
      },
    });
    return () => {
      wake();
      forget();
      cancelTimeout();
      cancelHeartbeat();
    };
  });
}
