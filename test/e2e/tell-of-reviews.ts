import type { CloudHere } from './cloud-here.ts';
import { modelThatDoubts } from '../../scripts/doubting-model.ts';
import { givenDoubt, reviewersOf, stopReviewRun } from './reviewing.ts';
import type { shopper } from './support.ts';

interface Weather {
  readonly worsen: (fault: object) => Promise<unknown>;
  readonly clear: () => Promise<unknown>;
}

/**
 * Reviews are claimed and decided; one is left to its deadline, and one more whose run is gone; one is opened by the resolver, because
 * the acquirer's answer was lost. Operators put a model in, promote it and take that back; they set limits, and put a
 * card on a list and take it off. A day has to pass afterwards.
 */
export async function tellOfReviews(
  here: CloudHere,
  buyer: ReturnType<typeof shopper>,
  { worsen, clear }: Weather,
): Promise<void> {
  const note = 'story';
  const operator = (await reviewersOf(here))('ada');
  // Every payment from here on asks it, too.
  const { challenger = '' } = await operator.createFraudModel({ note, file: modelThatDoubts(2) });
  const payment = await givenDoubt(here, buyer);
  const { data } = await operator.listReviews();
  const id = data.find((review) => review.paymentId === payment.id)?.id ?? '';
  await operator.getReview(id);
  await operator.claimReview(id);
  await operator.decideReview(id, { decision: 'decline', reason: 'story' });
  await buyer.client.getTimeline(payment.id);

  await givenDoubt(here, buyer);
  const orphan = await givenDoubt(here, buyer);
  const reviews = (await operator.listReviews()).data;
  await stopReviewRun(here, reviews.find(({ paymentId }) => paymentId === orphan.id)?.id ?? '');
  await worsen({ operation: 'authorize', kind: 'drop_after', rate: 1, seed: 1 });
  await givenDoubt(here, buyer);
  await clear();
  await here.advance('PT5M');

  const { limits, costs, reviewDefault, version } = await operator.getFraudSettings();
  await operator.setFraudSettings({ limits, costs, reviewDefault, version });
  await operator.setFraudSettings({ limits, costs, reviewDefault, version });
  const entry = await operator.createFraudListEntry({ about: 'card', verdict: 'block', note, paymentId: payment.id });
  await operator.listFraudListEntries();
  await operator.deleteFraudListEntry(entry.id);
  await operator.compareFraudModels();
  await operator.promoteFraudModel(challenger);
  await operator.rollBackFraudModel(challenger);
  await operator.getFraudModels();
}
