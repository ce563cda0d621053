/** What is logged of models in words that alarms listen to. */
export const servingLogMessages = {
  refused: 'fraud model refused',
  late: 'fraud scored without all that is remembered',
} as const;
