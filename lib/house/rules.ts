import { Validations } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { HouseAssertions } from './assertions.ts';

/**
 * Lets the synthesis of the app fail on any finding of cdk-nag's AWS Solutions and Serverless packs and of the house's
 * own assertions. CDK's own template validation joins them by cdk.json (`validateAgainstDefaultRules`, and
 * `strictCfnValidateErrors`, which makes its warnings findings too).
 */
export function applyHouseRules(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app), new HouseAssertions());
}
