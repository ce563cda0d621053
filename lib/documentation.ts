import { Construct } from 'constructs';
import { HouseFunction } from './house/function.ts';
import type { Stage } from './stage.ts';

/** The API's own description. */
export class Documentation extends Construct {
  readonly functions: readonly HouseFunction[];

  constructor(scope: Construct, id: string, { stage }: { readonly stage: Stage }) {
    super(scope, id);
    const getOpenapi = new HouseFunction(this, 'GetOpenapi', {
      stage,
      handler: 'documentation/get-openapi.api',
      purpose: 'answers the OpenAPI document of this API',
      timeoutSeconds: 10,
    });
    this.functions = [getOpenapi];
  }
}
