import type { Payment } from '../../packages/client/index.ts';
import { succeeded, sumOf } from './sums.ts';
import type { World } from './world.ts';

/** Every gift card has what was put on it, less what payments took of it, and holds what payments may still take. */
export async function checkGiftCards(world: World, payments: readonly Payment[]): Promise<void> {
  for (const id of knownGiftCards(world)) {
    const card = await world.client().getGiftCard(id);
    const { amount, balance, held, available } = card;
    const uses = payments.flatMap((payment) => usesOf(payment, id));
    const spent = uses.reduce((sum, use) => sum + use.spent, 0);
    const [least, most] = [sumBy(uses, 'leastHeld'), sumBy(uses, 'mostHeld')];
    const holds =
      available >= 0 && available + held === balance && balance === amount - spent && held >= least && held <= most;
    if (!holds) {
      const found = JSON.stringify({ amount, balance, held, available, spent, least, most });
      world.violated(`Gift card ${id} does not hold: ${found}`);
    }
    world.count('gift cards checked');
  }
}

function knownGiftCards({ asked }: World): ReadonlySet<string> {
  const answers = asked.flatMap((each) => each.answers);
  return new Set(
    answers.flatMap((answer) =>
      'object' in answer && answer.object === 'gift_card' && 'id' in answer ? [String(answer.id)] : [],
    ),
  );
}

interface Use {
  readonly spent: number;
  readonly leastHeld: number;
  readonly mostHeld: number;
}

const sumBy = (uses: readonly Use[], what: keyof Use) => uses.reduce((sum, use) => sum + use[what], 0);

/** What a payment took of a gift card, and between what and what it may hold: not every status tells whether the rest was released. */
function usesOf({ tenders, captures, refunds, status }: Payment, giftCardId: string): readonly Use[] {
  const tender = tenders.find((each) => each.type === 'gift_card' && each.giftCardId === giftCardId);
  if (!tender) return [];
  const partOf = (movements: Payment['captures'] | Payment['refunds']) =>
    sumOf(
      succeeded<Payment['captures'][number] | Payment['refunds'][number]>(movements).flatMap(({ allocation }) =>
        allocation.filter((part) => part.type === 'gift_card' && part.giftCardId === giftCardId),
      ),
    );
  const captured = partOf(captures);
  const rest = tender.amount - captured;
  return [{ spent: captured - partOf(refunds), ...heldBounds(status, rest) }];
}

function heldBounds(status: Payment['status'], rest: number): Pick<Use, 'leastHeld' | 'mostHeld'> {
  switch (status) {
    case 'authorized':
    case 'in_review':
      return { leastHeld: rest, mostHeld: rest };
    case 'partially_captured':
    case 'partially_refunded':
    case 'refunded':
    case 'disputed':
    case 'processing':
    case 'requires_action':
      return { leastHeld: 0, mostHeld: rest };
    case 'captured':
    case 'voided':
    case 'expired':
    case 'declined':
    case 'failed':
      return { leastHeld: 0, mostHeld: 0 };
  }
}
