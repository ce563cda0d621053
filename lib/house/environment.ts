/** Every environment variable that a function may have (docs/architecture.md); values are strings or CloudFormation tokens. */
export type Environment = Readonly<Partial<Record<EnvironmentName, string>>>;

export type EnvironmentName =
  | 'PAYMENTS_TABLE_NAME'
  | 'TOKENS_TABLE_NAME'
  | 'CVC_TABLE_NAME'
  | 'GUARDS_TABLE_NAME'
  | 'FRAUD_TABLE_NAME'
  | 'ENVELOPE_KEYS'
  | 'VAULT_KEY_ARN'
  | 'FINGERPRINT_KEYS'
  | 'TOKENIZING_LIMIT_PER_HOUR'
  | 'AUTHORIZE_PAYMENT_STATE_MACHINE_ARN'
  | 'RESOLVE_PAYMENT_STATE_MACHINE_ARN'
  | 'EVENT_BUS_NAME'
  | 'ACQUIRER_URL'
  | 'SELLERS'
  | 'UNPUBLISHED_QUEUE_URL'
  | 'AMOUNT_LIMIT_MAJOR_UNITS';
