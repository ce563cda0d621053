import { existsSync, readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { AssetCode } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { projectPath } from './root.ts';

/** What wakes a handler: the suffix of its file. */
export const triggers = ['api', 'task', 'stream', 'event', 'schedule', 'queue', 'socket'] as const;
export type Trigger = (typeof triggers)[number];

/** A handler's file below lambdas/ without `.ts`: `payments/authorize-card.task`. */
export type HandlerPath = `${string}/${string}.${Trigger}`;

/** The verb-noun and the trigger of a handler: `authorize-card` and `task`. */
export function parseHandler(handler: HandlerPath): { readonly verbNoun: string; readonly trigger: Trigger } {
  const match = /\/(?<verbNoun>[a-z0-9]+(?:-[a-z0-9]+)+)\.(?<suffix>[a-z]+)$/u.exec(handler);
  const trigger = triggers.find((known) => known === match?.groups?.['suffix']);
  const verbNoun = match?.groups?.['verbNoun'];
  if (verbNoun === undefined || trigger === undefined) {
    throw new Error(
      `"${handler}" is not <capability>/<verb-noun>.<trigger>, with one of the triggers ${triggers.join(', ')}.`,
    );
  }
  return { verbNoun, trigger };
}

/**
 * The folder that holds a folder for each bundle: `.build/functions`, where scripts/build.ts puts them, or the context
 * `bundles`, so that a test can bring its own.
 */
function bundlesFolder(scope: Construct): string {
  const folder: unknown = scope.node.tryGetContext('bundles');
  if (typeof folder !== 'string') return projectPath('.build/functions');
  return isAbsolute(folder) ? folder : projectPath(folder);
}

/** The bundled code of a handler. Throws an Error that names the handler's file when it was not written or not bundled. */
export function bundleOf(scope: Construct, handler: HandlerPath): AssetCode {
  const folder = join(bundlesFolder(scope), parseHandler(handler).verbNoun);
  if (existsSync(join(folder, 'index.js'))) return Code.fromAsset(folder);
  throw new Error(
    existsSync(projectPath(`lambdas/${handler}.ts`))
      ? `lambdas/${handler}.ts is not bundled: run "node scripts/build.ts --bundles-only" first.`
      : `lambdas/${handler}.ts is missing: a function of lib/ has no handler.`,
  );
}

/** The names of all bundles that were built. */
export function builtBundles(scope: Construct): readonly string[] {
  const folder = bundlesFolder(scope);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}
