import { openapi } from '../../contracts/openapi.ts';
import { documentationRoutes } from '../../contracts/routes.ts';
import { apiHandler } from '../house/api-handler.ts';

/** Made once per cold start: it changes with a deployment only. */
const document = openapi();

export const handler = apiHandler(documentationRoutes.getOpenapi, () =>
  Promise.resolve({ status: 200, body: document, headers: { 'cache-control': 'public, max-age=300' } }),
);
