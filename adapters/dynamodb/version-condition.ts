/**
 * The condition under which a whole item is written as this version: the version before it still stands, or there is none. When it
 * does not hold, the item that stands comes with the error.
 */
export function versionCondition(version: number) {
  return {
    ConditionExpression: version === 1 ? 'attribute_not_exists(pk)' : '#version = :before',
    ...(version !== 1 && {
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':before': { N: String(version - 1) } },
    }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  } as const;
}
