import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { JsonObject } from '../kernel/service.ts';

const functionCode = z.looseObject({ Code: z.looseObject({ S3Key: z.string() }) });
const stateMachine = z.looseObject({ DefinitionS3Location: z.object({ Key: z.string() }) });

/**
 * Puts what AWS would fetch from S3 in its place: a function's `Code` becomes `{AssetPath}`, the absolute path of
 * its directory, and a workflow's `DefinitionS3Location` becomes its `DefinitionString`.
 */
export function withAssets(type: string, properties: JsonObject, assets: ReadonlyMap<string, string>): JsonObject {
  switch (type) {
    case 'AWS::Lambda::Function': {
      const parsed = functionCode.safeParse(properties);
      return parsed.success ? { ...properties, Code: { AssetPath: find(assets, parsed.data.Code.S3Key) } } : properties;
    }
    case 'AWS::StepFunctions::StateMachine': {
      const parsed = stateMachine.safeParse(properties);
      if (!parsed.success) return properties;
      const path = find(assets, parsed.data.DefinitionS3Location.Key);
      return { ...properties, DefinitionString: readFileSync(path, 'utf8') };
    }
    default:
      return properties;
  }
}

function find(assets: ReadonlyMap<string, string>, objectKey: string): string {
  const path = assets.get(objectKey);
  if (path === undefined) throw new Error(`the asset ${objectKey} is not in the cloud assembly`);
  return path;
}
