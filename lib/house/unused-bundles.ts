import type { App } from 'aws-cdk-lib';
import { builtBundles } from './bundle.ts';
import { HouseFunction } from './function.ts';

/** A handler that no function runs was forgotten in lib/: better a synthesis that fails than a route that is not there. */
export function refuseUnusedBundles(app: App): void {
  const used = app.node.findAll().flatMap((each) => (each instanceof HouseFunction ? [each.verbNoun] : []));
  const unused = builtBundles(app).filter((name) => !used.includes(name));
  if (unused.length > 0) throw new Error(`No function of lib/ runs the handler ${unused.join(', ')} of lambdas/.`);
}
