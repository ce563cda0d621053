import { workerData } from 'node:worker_threads';
import type { WorkerSettings } from '../messages.ts';

/** What the main thread handed to this worker when it started it. */
export function readSettings(): WorkerSettings {
  const settings: unknown = workerData;
  if (!isSettings(settings)) throw new Error('A function worker is started by FunctionWorker alone.');
  return settings;
}

function isSettings(value: unknown): value is WorkerSettings {
  return typeof value === 'object' && value !== null && 'clockOffset' in value && 'awsEndpointUrl' in value;
}
