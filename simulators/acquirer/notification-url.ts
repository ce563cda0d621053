import * as z from 'zod';

const environment = z.object({ NOTIFICATION_URL: z.url({ protocol: /^https?$/u }).optional() });

/** Where the merchant takes notifications: NOTIFICATION_URL; without it nothing is sent, and all is kept. */
export function readNotificationUrl(): string | undefined {
  return environment.parse(process.env).NOTIFICATION_URL;
}
