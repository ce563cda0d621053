import { askModel } from './assess.ts';
import type { PaymentEvent } from './features/events.ts';
import { features, newState, update } from './features/features.ts';
import type { FraudModel } from './model/fraud-model.ts';

const rounds = 1000;

/**
 * Scores made-up payments, so that the engine has compiled what scores before a buyer waits for it: the first few hundred take several
 * times as long as those after them. Some 50 ms, once for each process.
 */
export function warmUp(model: FraudModel): void {
  let state = newState(0);
  for (let round = 0; round < rounds; round += 1) {
    const event: PaymentEvent = {
      ...{ kind: 'payment', at: round / 100, amount: (round * 7919) % 20_000 },
      ...{ card: 'card', buyer: 'buyer', device: `device-${round % 3}`, address: 'address' },
      ...{ countriesDiffer: round % 7 === 0, byGiftCard: round % 11 === 0 },
    };
    askModel(model, features(state, event));
    state = update(state, event, event);
  }
}
