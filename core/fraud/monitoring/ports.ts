import type { Decision } from '../decide.ts';
import type { Label } from '../label.ts';
import type { AskedModels } from '../scored.ts';
import type { Distribution } from './distribution.ts';
import type { Quality } from './quality.ts';

/** A payment as it was scored, and what became known of it. */
export interface ObservedPayment {
  readonly score: number;
  readonly decision: Decision;
  /** Empty where it was not kept, or is of other features. */
  readonly vector: readonly number[];
  /** Whether its cardholder has paid by now (label.ts): of others nobody complains, whatever they were. */
  readonly isPaid: boolean;
  readonly labels: readonly Label[];
  /** Which models scored it; not known of payments from before there were several. */
  readonly models?: AskedModels;
}

export interface MonitorSource {
  /** At most so many of the payments that were made from one time until another, drawn evenly; the same again for the same times. */
  sample(from: Date, until: Date, most: number): Promise<readonly ObservedPayment[]>;
}

/** How each feature and the score spread, by its name. */
export type Baseline = Readonly<Record<string, Distribution>>;

/** How the model did: one for each day. */
export interface FraudReport {
  /** The day whose payments were looked at, `2026-11-26`. */
  readonly day: string;
  readonly createdAt: string;
  readonly payments: number;
  /** Population stability by feature, and of the `score`; empty where there was nothing to compare. */
  readonly stability: Readonly<Record<string, number>>;
  readonly quality: Quality;
  /** What somebody should look at. */
  readonly findings: readonly string[];
}

export interface MonitorBook {
  /** By the hash of the features' schema; of a model's scores with the model's id besides. */
  baseline(name: string): Promise<Baseline | undefined>;
  /** Keeps it unless there is one already. */
  keepBaseline(name: string, baseline: Baseline): Promise<void>;
  write(report: FraudReport): Promise<void>;
  /** The newest reports first. */
  list(limit: number): Promise<readonly FraudReport[]>;
}
