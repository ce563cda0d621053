/** What alarms are filtered by, in the log of whoever runs the monitor. */
export const monitoringLogMessages = { findings: 'fraud model needs a look' } as const;
