import { partBetween } from '../fx/conversion.ts';
import { basisPointsHalfUp } from '../money/basis-points.ts';
import type { Payment } from './payment.ts';

/** What a part of a payment comes to on the seller's side, minor units of `currency`. */
export interface SettledPart {
  /** The seller's: another than the payment's where it is converted. */
  readonly currency: string;
  /** What the seller has of it. */
  readonly sellersPart: bigint;
  readonly commission: bigint;
  /** Where it is converted: `worth` is the sum of the others, and `residue` what rounding leaves, either way. */
  readonly converted?: { readonly worth: bigint; readonly spread: bigint; readonly residue: bigint };
}

type Settling = Pick<Payment, 'amount' | 'currency' | 'terms' | 'conversion'>;

/**
 * What an amount comes to that follows on another: captures go by what was captured before, refunds by what was refunded.
 * Cumulative, so that the parts of any captures sum to those of their sum, and refunds take back exactly what the captures
 * gave, at the original rate.
 */
export function settledBetween(payment: Settling, before: bigint, amount: bigint): SettledPart {
  const { conversion, terms, currency } = payment;
  if (!conversion) {
    const of = (total: bigint) => basisPointsHalfUp(total, terms.commissionBasisPoints);
    const commission = of(before + amount) - of(before);
    return { currency, commission, sellersPart: amount - commission };
  }
  const { worth, proceeds, spread } = conversion;
  const wholeCommission = commissionOf(payment);
  const part = (total: bigint) => partBetween(total, { before, amount, whole: payment.amount });
  const parts = {
    worth: part(worth),
    spread: part(spread),
    commission: part(wholeCommission),
    sellersPart: part(proceeds - wholeCommission),
  };
  const residue = parts.worth - parts.spread - parts.commission - parts.sellersPart;
  return {
    currency: conversion.currency,
    commission: parts.commission,
    sellersPart: parts.sellersPart,
    converted: { worth: parts.worth, spread: parts.spread, residue },
  };
}

/**
 * Our commission on the whole of a converted payment. A seller who bears the conversion sold for what the payment is worth,
 * and pays for the conversion out of that; where the buyer bears it, it was never part of the sale. Never more than there is.
 */
function commissionOf({ conversion, terms }: Settling): bigint {
  if (!conversion) return 0n;
  const { borneBy, worth, proceeds } = conversion;
  const sale = borneBy === 'buyer' ? proceeds : worth;
  const commission = basisPointsHalfUp(sale, terms.commissionBasisPoints);
  return commission < proceeds ? commission : proceeds;
}
