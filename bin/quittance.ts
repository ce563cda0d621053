import { App } from 'aws-cdk-lib';
import { DataStack } from '../lib/data-stack.ts';
import { applyHouseRules } from '../lib/house/rules.ts';
import { PlatformStack } from '../lib/platform-stack.ts';
import { readStage } from '../lib/stage.ts';

// Every stage has the same two stacks: what keeps state, and what works on it.
const app = new App({ analyticsReporting: false });
const stage = readStage(app.node);
const common = { stage, env: { region: stage.region }, terminationProtection: !stage.forTryingOut };

const data = new DataStack(app, `Quittance-${stage.name}-Data`, common);
new PlatformStack(app, `Quittance-${stage.name}-Platform`, { ...common, data });

applyHouseRules(app);
app.synth();
