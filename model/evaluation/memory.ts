import type { Bursts } from '../../core/fraud/features/bursts.ts';
import { noBursts } from '../../core/fraud/features/bursts.ts';
import type { CardProfile } from '../../core/fraud/features/card-profile.ts';
import { newCard } from '../../core/fraud/features/card-profile.ts';
import type { FeatureState } from '../../core/fraud/features/features.ts';
import type { SellerProfile } from '../../core/fraud/features/seller-profile.ts';
import { newSeller } from '../../core/fraud/features/seller-profile.ts';
import type { SourceProfile } from '../../core/fraud/features/source-profile.ts';
import { newSource } from '../../core/fraud/features/source-profile.ts';
import type { TakingPart } from '../../core/fraud/ports.ts';

/** What is remembered of everybody. */
export class Memory {
  readonly #cards = new Map<string, CardProfile>();
  readonly #cardBursts = new Map<string, Bursts>();
  readonly #sellers = new Map<string, SellerProfile>();
  readonly #deviceBursts = new Map<string, Bursts>();
  readonly #buyers = new Map<string, SourceProfile>();
  readonly #addresses = new Map<string, SourceProfile>();

  of({ seller, card, device, buyer, address }: TakingPart, at: number): FeatureState {
    return {
      card: this.#cards.get(card) ?? newCard(at),
      cardBursts: this.#cardBursts.get(card) ?? noBursts(at),
      seller: this.#sellers.get(seller) ?? newSeller(at),
      deviceBursts: this.#deviceBursts.get(device) ?? noBursts(at),
      buyer: this.#buyers.get(buyer) ?? newSource(at),
      address: this.#addresses.get(address) ?? newSource(at),
    };
  }

  keep({ seller, card, device, buyer, address }: TakingPart, state: FeatureState): void {
    this.#sellers.set(seller, state.seller);
    if (card !== '') this.#cards.set(card, state.card);
    if (card !== '') this.#cardBursts.set(card, state.cardBursts);
    if (device !== '') this.#deviceBursts.set(device, state.deviceBursts);
    if (buyer !== '') this.#buyers.set(buyer, state.buyer);
    if (address !== '') this.#addresses.set(address, state.address);
  }
}
