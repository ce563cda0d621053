import { Construct } from 'constructs';
import type { Environment as ListExceptionsEnvironment } from '../lambdas/exceptions/list-exceptions.api.ts';
import type { DataStack } from './data-stack.ts';
import type { VariablesOf } from './house/environment.ts';
import { HouseFunction } from './house/function.ts';
import type { Stage } from './stage.ts';

export interface ExceptionsProps {
  readonly stage: Stage;
  readonly data: DataStack;
}

/** What does not fit, shown to operators. Whoever finds something writes into the table itself. */
export class Exceptions extends Construct {
  readonly functions: readonly HouseFunction[];

  constructor(scope: Construct, id: string, { stage, data: { exceptionsTable } }: ExceptionsProps) {
    super(scope, id);
    const listExceptions = new HouseFunction(this, 'ListExceptions', {
      stage,
      handler: 'exceptions/list-exceptions.api',
      purpose: 'answers a page of what does not fit',
      timeoutSeconds: 10,
      environment: {
        EXCEPTIONS_TABLE_NAME: exceptionsTable.tableName,
      } satisfies VariablesOf<ListExceptionsEnvironment>,
    })
      .may(['dynamodb:Query'], exceptionsTable.indexArn('byState'))
      .may(['dynamodb:BatchGetItem'], exceptionsTable.tableArn);
    this.functions = [listExceptions];
  }
}
