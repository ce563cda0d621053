import { App } from 'aws-cdk-lib';
import { DataStack } from '../lib/data-stack.ts';
import { FraudStack } from '../lib/fraud-stack.ts';
import { applyHouseRules } from '../lib/house/rules.ts';
import { refuseUnusedBundles } from '../lib/house/unused-bundles.ts';
import { PlatformStack } from '../lib/platform-stack.ts';
import { readStage } from '../lib/stage.ts';
import { UpkeepStack } from '../lib/upkeep-stack.ts';

// Every stage has the same stacks: what keeps state, what judges payments, what works for a caller, and what works by itself.
const app = new App({ analyticsReporting: false });
const stage = readStage(app.node);
const common = { stage, env: { region: stage.region }, terminationProtection: !stage.forTryingOut };

const data = new DataStack(app, `Quittance-${stage.name}-Data`, common);
const { fraud } = new FraudStack(app, `Quittance-${stage.name}-Fraud`, { ...common, data });
const { resolvePayment } = new PlatformStack(app, `Quittance-${stage.name}-Platform`, { ...common, data, fraud });
new UpkeepStack(app, `Quittance-${stage.name}-Upkeep`, { ...common, data, resolvePayment });

refuseUnusedBundles(app);
applyHouseRules(app);
app.synth();
