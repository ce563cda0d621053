/** What a run says in its log when somebody has to look; alarms listen to these very words. */
export const settlementLogMessages = {
  unexplained: 'settlement does not fit our book',
  overdue: 'clearing is overdue',
} as const;
