import type { Behaviour } from '../house/control.ts';
import type { AcquirerBooks } from './books.ts';
import { openDueDisputes } from './disputes.ts';
import type { Notification } from './notification-books.ts';
import type { SigningKey } from './signing-key.ts';

/** Sends what the acquirer has to tell, until it is taken, and opens disputes when their time has come. */
export interface Postman {
  /**
   * Looks for what is due now: to be called when something was written, and when the clock was set. Answers when all of
   * it has had its try.
   */
  wake(): Promise<void>;
  /** Sends a message once, whatever became of it before; answers the receiver's status, or 0 when there was none. */
  sendNow(message: Notification): Promise<number>;
}

export interface Address {
  /** Where the merchant takes notifications; undefined: nobody listens, and all is kept. */
  readonly url: string | undefined;
  readonly key: SigningKey;
}

/** Seconds until the next try after each that was not taken; after the last one, as long again. */
const backOffSeconds = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
const tryTimeoutMilliseconds = 20_000;
/** The longest that a timer of Node takes is 24 days; looking once more than needed does no harm. */
const longestSleepMilliseconds = 3_600_000;

export function createPostman(books: AcquirerBooks, behaviour: Behaviour, address: Address): Postman {
  const underWay = new Map<string, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;

  const deliver = async (message: Notification): Promise<void> => {
    const isTaken = await tryOnce(message, behaviour, address);
    const now = Math.round(behaviour.clock.now());
    if (isTaken) books.notifications.taken(message.id);
    else {
      const pause = backOffSeconds[Math.min(message.attempts, backOffSeconds.length - 1)] ?? 0;
      books.notifications.notTaken(message.id, now + pause * 1000);
    }
  };

  const wake = async (): Promise<void> => {
    clearTimeout(timer);
    const now = behaviour.clock.now();
    openDueDisputes(books, now);
    if (address.url !== undefined) {
      for (const message of books.notifications.due(now)) {
        if (underWay.has(message.id)) continue;
        const delivery = deliver(message).finally(() => {
          underWay.delete(message.id);
          void wake();
        });
        underWay.set(message.id, delivery);
      }
    }
    timer = setTimeout(() => void wake(), sleepUntilNext(books, now, address.url !== undefined && underWay.size === 0));
    // A simulator ends when it is told to, not when its timers have run out.
    timer.unref();
    await Promise.all(underWay.values());
  };

  return { wake, sendNow: (message) => send(message, behaviour, address) };
}

/** While messages are under way their own ends wake the postman, so that their dates are no reason to. */
function sleepUntilNext(books: AcquirerBooks, now: number, watchesMessages: boolean): number {
  const next = [books.disputes.nextDue(), watchesMessages ? books.notifications.nextDue() : undefined];
  const dueIn = next.flatMap((at) => (at === undefined ? [] : [at - now]));
  return Math.max(1, Math.min(longestSleepMilliseconds, ...dueIn));
}

/**
 * One try, with the misfortunes that POST /faults asks for under the operation `notify`: `drop_before` loses the message,
 * `drop_after` the answer (so that it comes again), `delay` lets others overtake it, `error` spoils its signature.
 */
async function tryOnce(message: Notification, behaviour: Behaviour, address: Address): Promise<boolean> {
  const { delayMilliseconds, breakage } = behaviour.faults.draw('notify');
  if (delayMilliseconds > 0) await new Promise((resolve) => setTimeout(resolve, delayMilliseconds));
  switch (breakage) {
    case 'drop_before':
      return false;
    case 'drop_after':
      await send(message, behaviour, address);
      return false;
    case 'error':
      await send({ ...message, body: `${message.body} ` }, behaviour, address, message.body);
      return false;
    case undefined: {
      const status = await send(message, behaviour, address);
      return status >= 200 && status < 300;
    }
  }
}

async function send(
  { id, body }: Pick<Notification, 'id' | 'body'>,
  { clock }: Behaviour,
  { url, key }: Address,
  signed = body,
): Promise<number> {
  if (url === undefined) return 0;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...key.headersOf({ id, body: signed }, clock.now()) },
      body,
      // A redirect is no answer: the address is configured where it belongs.
      redirect: 'manual',
      signal: AbortSignal.timeout(tryTimeoutMilliseconds),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
