import process from 'node:process';
import { parentPort } from 'node:worker_threads';
import type { ToWorker } from '../messages.ts';
import { installGlobals } from './globals.ts';
import { installOutgoingRequests } from './outgoing-requests.ts';
import { Sandbox } from './sandbox.ts';
import { readSettings } from './settings.ts';
import { installShiftedDate } from './shifted-date.ts';

/** The worker thread in which functions run. */
const settings = readSettings();
installShiftedDate(settings.clockOffset);
installOutgoingRequests(settings.awsEndpointUrl);
installGlobals();

const sandbox = new Sandbox((message) => parentPort?.postMessage(message), settings.cacheDirectory);

parentPort?.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'define':
      sandbox.define(message.definition);
      break;
    case 'import':
      sandbox.import(message.functionName);
      break;
    case 'invoke':
      sandbox.invoke(message.id, message.functionName, message.payload);
      break;
    case 'abandon':
      sandbox.abandon(message.id);
      break;
    default:
      message satisfies never;
  }
});

// A bundle that fails in a timer ends alone; what no bundle caused ends the thread, and a new one takes over.
process.on('uncaughtException', (error) => {
  if (!sandbox.crash(error, 'exception')) throw error;
});
process.on('unhandledRejection', (reason) => {
  if (!sandbox.crash(reason, 'rejection')) throw reason;
});
