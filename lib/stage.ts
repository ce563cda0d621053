import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import * as z from 'zod';
import { scopes } from '../contracts/route.ts';
import type { Scope } from '../contracts/route.ts';
import { conversionBearers } from '../core/fx/conversion.ts';
import { fxSettings } from '../core/fx/settings.ts';
import { isCurrency } from '../core/money/currencies.ts';
import { settlementSettings } from '../core/settlement/settings.ts';

/** What differs from stage to stage; all else is the same template everywhere. */
export type Stage = z.infer<typeof stageSettings> & { readonly name: string };

/**
 * The stage that `-c stage=<name>` chooses (default `local`) among the context `stages` of cdk.json. Throws an Error that
 * says which stages there are, or which setting is wrong and how.
 */
export function readStage(node: Node): Stage {
  const name = stageName.parse(node.tryGetContext('stage') ?? 'local');
  const stages = stagesContext.safeParse(node.tryGetContext('stages'));
  if (!stages.success) {
    throw new Error(
      'The context has no "stages": run through "cdk" or "node scripts/build.ts", which hand over cdk.json.',
    );
  }
  const found = stages.data[name];
  if (found === undefined) {
    throw new Error(
      `There is no stage "${name}": choose -c stage=<one of ${Object.keys(stages.data).join(', ')}> (cdk.json).`,
    );
  }
  const stage = stageSettings.safeParse(found);
  if (!stage.success) throw new Error(`Stage "${name}" of cdk.json is not valid:\n${z.prettifyError(stage.error)}`);
  return { name, ...stage.data };
}

/** The scopes that patterns such as `payments/*` or `tokens/write` stand for, in the order of the contract. */
export function scopesOf(patterns: readonly string[]): readonly Scope[] {
  return scopes.filter((scope) => patterns.some((pattern) => matches(pattern, scope)));
}

/**
 * What the parameter AcquirerUrl may be, as a regular expression: card numbers travel there, so over TLS, unless the stage
 * itself has its acquirer on the loopback, which nothing leaves.
 */
export function acquirerUrlPattern({ acquirerUrl }: Pick<Stage, 'acquirerUrl'>): string {
  return acquirerUrl.startsWith('http:') ? oneOf(httpsUrl, loopbackUrl) : oneOf(httpsUrl);
}

/** What the parameter AcquirerNotificationKeys may be: one key, or two and more with a blank between while they change. */
export const notificationKeysPattern = '^whpk_[A-Za-z0-9+/]{43}=(?: whpk_[A-Za-z0-9+/]{43}=)*$';

function oneOf(...patterns: readonly string[]): string {
  return `^(?:${patterns.join('|')})$`;
}

function matches(pattern: string, scope: Scope): boolean {
  return pattern.endsWith('/*') ? scope.startsWith(pattern.slice(0, -1)) : pattern === scope;
}

// Neither takes an "@": what stands before it only looks like a host.
const httpsUrl = String.raw`https://[^\s@?#]+`;
const loopbackUrl = String.raw`http://127\.0\.0\.1(?::[0-9]{1,5})?(?:/[^\s@?#]*)?`;
const noAcquirer = 'names nobody who authorizes cards: put the address of your acquirer here, "https://…"';
const noKey = 'names nobody whose notifications are believed: put the public key of your acquirer here, "whpk_…"';
const notSafe = 'is no https:// address: card numbers are sent there (http:// only to 127.0.0.1)';

const stageName = z
  .string()
  .regex(/^[a-z][a-z0-9]{0,15}$/u, 'A stage is named by up to 16 lower-case letters and digits.');
const stagesContext = z.record(z.string(), z.unknown());

const scopePattern = z
  .string()
  .refine((pattern) => scopes.some((scope) => matches(pattern, scope)), 'names no scope of contracts/route.ts');

const seller = z.strictObject({
  id: z.string().regex(/^sel_[0-9a-z]{1,26}$/u),
  currencies: z.array(z.string().refine(isCurrency, 'is not an ISO 4217 currency')).min(1),
  /** What the platform keeps of each sale. */
  commissionBasisPoints: z.int().min(0).max(10_000),
  /** Days from a capture to the release of its money. */
  releaseDays: z.int().min(0).max(365),
});

/** The first is the current key. An old one stays listed, with the time of its retirement, while its envelopes are taken. */
const envelopeKeys = z
  .array(z.strictObject({ kid: z.string().regex(/^[0-9A-Za-z-]{1,32}$/u), retiredAt: z.iso.datetime().optional() }))
  .min(1)
  .refine((keys) => keys[0]?.retiredAt === undefined, 'The first key is the current one: it has no retiredAt.')
  .refine(
    (keys) => keys.slice(1).every((key) => key.retiredAt !== undefined),
    'Every key after the first has its retiredAt.',
  )
  .refine((keys) => isUnique(keys.map((key) => key.kid)), 'Every kid is there once.');

const keyVersions = z
  .array(z.strictObject({ version: z.int().min(1) }))
  .min(1)
  .refine((keys) => isUnique(keys.map((key) => key.version)), 'Every version is there once.');

/** The first is the current version; a removed one can no longer recognize the cards that it marked. */
const fingerprintKeys = keyVersions;

/** The first is the current version; the gift cards of a removed one can no longer be found by their codes. */
const giftCardCodeKeys = keyVersions;

const days = z.int().min(1).max(36_500);

/** What gift cards are issued with, and how long they live. */
const giftCards = z
  .strictObject({
    /** The smallest and the largest card, in major units of its currency. */
    leastMajorUnits: z.int().min(1),
    mostMajorUnits: z.int().min(1),
    /** How long a card may be valid, and how long it is when nobody says. */
    leastValidDays: days,
    usualValidDays: days,
    mostValidDays: days,
    /** For how many days at least a card is valid after a refund. */
    revivalDays: days.default(90),
    /** Codes that one caller may look up in an hour without finding a card. */
    guessesPerHour: z.int().min(1).max(1000),
  })
  .refine(
    ({ leastMajorUnits, mostMajorUnits }) => leastMajorUnits <= mostMajorUnits,
    'The largest card is at least the smallest.',
  )
  .refine(
    ({ leastValidDays, usualValidDays, mostValidDays }) =>
      leastValidDays <= usualValidDays && usualValidDays <= mostValidDays,
    'The usual validity is between the least and the most.',
  );

const settings = z.strictObject({
  /** Whether no money and nobody's card hangs on it. Such a stage may be deleted, and its alarms may go unheard. */
  forTryingOut: z.boolean().default(false),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/u),
  /** The scopes of each machine client by its name. */
  machineClients: z.record(z.string().regex(/^[a-z][a-z-]*$/u), z.array(scopePattern).min(1)),
  sellers: z.array(seller).min(1),
  envelopeKeys,
  fingerprintKeys,
  /** What the acquirer keeps of each capture. */
  processingFeeBasisPoints: z.int().min(0).max(10_000),
  giftCardCodeKeys,
  giftCards,
  /** Cards that one caller may tokenize in an hour. */
  tokenizingLimitPerHour: z.int().min(1),
  /** How conversions are priced: margins in basis points, and how old rates may be. */
  fx: fxSettings,
  /** When a settlement file is late, and by when captures and refunds must have been settled. */
  settlement: settlementSettings,
  /** Who bears what converting a payment costs: see docs/architecture.md, "Currencies". */
  conversionBorneBy: z.enum(conversionBearers),
  /** Requests a second and at once, over all routes. */
  throttling: z.strictObject({ rate: z.number().positive(), burst: z.int().positive() }),
  logRetentionDays: z.enum(RetentionDays).exclude(['INFINITE']),
  /** Where alarms are sent; without it, in a stage for trying out, they are only shown. */
  alarmEmail: z.email().optional(),
  /** Where the acquirer answers: the default of the platform stack's parameter AcquirerUrl. */
  acquirerUrl: z.string({ error: noAcquirer }).regex(new RegExp(oneOf(httpsUrl, loopbackUrl), 'u'), notSafe),
  /** The default of the platform stack's parameter AcquirerNotificationKeys: by these its notifications are known. */
  acquirerNotificationKeys: z
    .string({ error: noKey })
    .regex(new RegExp(notificationKeysPattern, 'u'), 'is no public key after Standard Webhooks ("whpk_" and base64)'),
  /** Who bears what the acquirer charges for a dispute. */
  disputeFeeBearer: z.enum(['seller', 'platform']),
  /** The default of the platform stack's parameter RatesUrl: where the ECB's daily file is, or one in its format. */
  ratesUrl: z.url({ protocol: /^https?$/u }),
});

/** All that is wrong is told at once: this is looked at although another setting is not valid yet. */
const stageSettings = settings.refine((stage) => stage.forTryingOut || stage.alarmEmail !== undefined, {
  path: ['alarmEmail'],
  error: 'tells nobody of alarms: put the address of those on call here (or set "forTryingOut": true)',
  when: ({ value }) => z.looseObject({}).safeParse(value).success,
});

function isUnique(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}
