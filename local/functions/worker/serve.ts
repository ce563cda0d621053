import process from 'node:process';
import { parentPort } from 'node:worker_threads';
import type { GatewayResponse } from '../../gateway/protocol.ts';
import { createBatchedPost } from '../batched-post.ts';
import type { FromWorker, ToWorker } from '../messages.ts';
import type { HandOver } from './handed-request.ts';
import { installGlobals } from './globals.ts';
import { installOutgoingRequests } from './outgoing-requests.ts';
import { Sandbox } from './sandbox.ts';
import { readSettings } from './settings.ts';
import { installShiftedDate } from './shifted-date.ts';

/** The worker thread in which functions run. */
const settings = readSettings();
installShiftedDate(settings.clockOffset);
const post = createBatchedPost<FromWorker>((messages) => parentPort?.postMessage(messages));
const handed = new Map<number, (response: GatewayResponse | undefined) => void>();
let lastNumber = 0;
const handOver: HandOver = (request) =>
  new Promise((resolve) => {
    lastNumber += 1;
    handed.set(lastNumber, resolve);
    post.soon({ kind: 'handed', number: lastNumber, request });
  });
installOutgoingRequests(settings.awsEndpointUrl, settings.handsOver ? handOver : undefined);
installGlobals();

const sandbox = new Sandbox(post, settings.cacheDirectory);

parentPort?.on('message', (messages: readonly ToWorker[]) => {
  for (const message of messages) receive(message);
});

function receive(message: ToWorker): void {
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
    case 'replied':
      handed.get(message.number)?.(message.response);
      handed.delete(message.number);
      break;
    default:
      message satisfies never;
  }
}

// A bundle that fails in a timer ends alone; what no bundle caused ends the thread, and a new one takes over.
process.on('uncaughtException', (error) => {
  if (!sandbox.crash(error, 'exception')) throw error;
});
process.on('unhandledRejection', (reason) => {
  if (!sandbox.crash(reason, 'rejection')) throw reason;
});
