import type { LogFiles } from '../functions/log-files.ts';
import type { ExecutionEvent } from './execution.ts';
import { History } from './history.ts';
import type { HistoryEvent } from './history.ts';
import type { LogLevel, StateMachine } from './machines.ts';

const endings = /^Execution(Failed|Aborted|TimedOut)$/u;
const errors = /(Failed|Aborted|TimedOut)$/u;

/**
 * What the log of a machine hears of one run: a line of JSON for each event, in the shape of Step Functions' logs, as
 * far as the machine's level asks for it. `passed` are the events that an earlier process logged. Undefined where the
 * level is OFF.
 */
export function createRunLog(
  files: LogFiles,
  { name, logLevel, includeExecutionData }: StateMachine,
  executionArn: string,
  passed: readonly ExecutionEvent[] = [],
): ((event: ExecutionEvent) => void) | undefined {
  if (logLevel === 'OFF') return undefined;
  const history = new History(includeExecutionData);
  for (const event of passed) history.next(event);
  return (event) => {
    for (const entry of history.next(event)) {
      if (takes(logLevel, entry.type)) files.append(name, toLine(entry, executionArn));
    }
  };
}

function takes(level: LogLevel, type: string): boolean {
  switch (level) {
    case 'ALL':
      return true;
    case 'ERROR':
      return errors.test(type);
    case 'FATAL':
      return endings.test(type);
    case 'OFF':
      return false;
  }
}

function toLine(event: HistoryEvent, executionArn: string): string {
  return JSON.stringify({
    id: String(event.id),
    type: event.type,
    details: event.details,
    previous_event_id: String(event.previousEventId),
    event_timestamp: String(event.at),
    execution_arn: executionArn,
  });
}
