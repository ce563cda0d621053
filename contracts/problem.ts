import * as z from 'zod';

/** RFC 9457 problem details with the members of api.md: `code` is stable, `errors` names each bad field. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().regex(/^[a-z0-9_]+$/u),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof problem>;

/**
 * Every code our functions answer, with its status and title. `type` is `urn:quittance:problem:<code>`.
 * What API Gateway itself answers (401, 403, 404 for no route, 413, 429, 503) has AWS's body and is not listed.
 */
export const problems = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  invalid_json: { status: 400, title: 'The body is not JSON' },
  idempotency_key_missing: { status: 400, title: 'An Idempotency-Key header is required' },
  idempotency_key_invalid: { status: 400, title: 'The Idempotency-Key header is not valid' },
  invalid_cursor: { status: 400, title: 'The cursor is not one of ours' },
  notification_not_authentic: { status: 401, title: 'The notification is not from whom it should be' },
  token_not_found: { status: 404, title: 'There is no such token' },
  payment_not_found: { status: 404, title: 'There is no such payment' },
  gift_card_not_found: { status: 404, title: 'There is no such gift card' },
  review_not_found: { status: 404, title: 'There is no such review' },
  dispute_not_found: { status: 404, title: 'There is no such dispute' },
  payment_not_capturable: { status: 409, title: 'The payment can no longer be captured' },
  payment_not_voidable: { status: 409, title: 'The payment can no longer be voided' },
  payment_not_refundable: { status: 409, title: 'The payment cannot be refunded' },
  amount_exceeds_authorized: { status: 409, title: 'More than is left of the authorization' },
  amount_exceeds_captured: { status: 409, title: 'More than is left of what was captured' },
  fraud_settings_changed: { status: 409, title: 'The settings were changed' },
  fraud_model_not_challenger: { status: 409, title: 'The model is not the challenger' },
  fraud_model_not_promoted: { status: 409, title: 'The model was not promoted' },
  no_challenger: { status: 409, title: 'There is no challenger' },
  fraud_model_is_champion: { status: 409, title: 'The model is the champion' },
  review_decided: { status: 409, title: 'The review was decided before' },
  review_claimed: { status: 409, title: 'Somebody else looks at the review' },
  too_many_movements: { status: 409, title: 'The payment has too many captures and refunds' },
  capture_under_way: { status: 409, title: 'The capture is still under way' },
  idempotency_in_flight: { status: 409, title: 'The first request with this Idempotency-Key is still under way' },
  body_too_large: { status: 413, title: 'The body is too large' },
  idempotency_key_reused: { status: 422, title: 'This Idempotency-Key was used with another body' },
  invalid_envelope: { status: 422, title: 'The envelope cannot be opened' },
  card_number_invalid: { status: 422, title: 'The card number is not valid' },
  card_expired: { status: 422, title: 'The card has expired' },
  card_brand_unknown: { status: 422, title: 'The brand of this card is not known' },
  cvc_invalid: { status: 422, title: 'The security code is not valid' },
  card_invalid: { status: 422, title: 'The card data is not valid' },
  nobody_to_list: { status: 422, title: 'There is nobody to put on a list' },
  fraud_model_does_not_fit: { status: 422, title: 'The model is for other features' },
  fraud_model_invalid: { status: 422, title: 'The model cannot score' },
  seller_unknown: { status: 422, title: 'There is no such seller' },
  token_unknown: { status: 422, title: 'The tender names no token of yours' },
  gift_card_unknown: { status: 422, title: 'A code opens no gift card that can be spent' },
  gift_card_twice: { status: 422, title: 'A gift card is named twice' },
  gift_card_currency_mismatch: { status: 422, title: 'A gift card is in another currency' },
  gift_card_insufficient: { status: 422, title: 'A gift card has less than it is to pay' },
  tenders_exceed_amount: { status: 422, title: 'The gift cards are to pay more than the payment' },
  tenders_too_low: { status: 422, title: 'The tenders do not cover the amount' },
  fx_quote_unknown: { status: 422, title: 'There is no such FX quote' },
  fx_quote_expired: { status: 422, title: 'The FX quote has expired' },
  fx_quote_used: { status: 422, title: 'The FX quote was used' },
  fx_quote_mismatch: { status: 422, title: 'The FX quote is for another amount' },
  currency_not_accepted: { status: 422, title: 'The seller does not accept this currency' },
  same_currency: { status: 422, title: 'There is nothing to convert' },
  rate_unavailable: { status: 422, title: 'There is no rate for these currencies' },
  amount_out_of_range: { status: 422, title: 'The converted amount is too small or too large' },
  amount_out_of_bounds: { status: 422, title: 'The amount is outside of what may be issued' },
  validity_out_of_bounds: { status: 422, title: 'The validity is outside of what may be issued' },
  as_of_too_fine: { status: 422, title: 'That day has too many entries to count to a moment' },
  too_many_cards: { status: 429, title: 'Too many cards of one range' },
  too_many_guesses: { status: 429, title: 'Too many gift card codes that were not found' },
  internal_error: { status: 500, title: 'Something failed on our side' },
  service_unavailable: { status: 503, title: 'A part of the platform is not answering' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;
