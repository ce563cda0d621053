import type { CorsDefinition } from './api-definition.ts';

type Headers = Readonly<Record<string, string>>;

/** Whether a request is a browser's question before the real one; with CORS configured, API Gateway answers it itself. */
export function isPreflight(method: string, headers: Headers): boolean {
  return (
    method === 'OPTIONS' && headers['origin'] !== undefined && headers['access-control-request-method'] !== undefined
  );
}

/** The headers of the answer to a preflight request, none for an origin that is not allowed. */
export function preflightHeaders(cors: CorsDefinition, origin: string): Headers {
  const allowed = corsHeaders(cors, origin);
  if (Object.keys(allowed).length === 0) return {};
  return {
    ...allowed,
    ...(cors.allowMethods.length > 0 && { 'access-control-allow-methods': cors.allowMethods.join(',') }),
    ...(cors.allowHeaders.length > 0 && { 'access-control-allow-headers': cors.allowHeaders.join(',') }),
    ...(cors.maxAgeSeconds !== undefined && { 'access-control-max-age': String(cors.maxAgeSeconds) }),
  };
}

/** The headers that every answer to a request of this origin gets; those that the function made are dropped. */
export function corsHeaders(cors: CorsDefinition, origin: string | undefined): Headers {
  if (origin === undefined) return {};
  const isForAll = cors.allowOrigins.includes('*');
  if (!isForAll && !cors.allowOrigins.some((allowed) => fits(allowed, origin))) return {};
  return {
    'access-control-allow-origin': isForAll ? '*' : origin,
    ...(!isForAll && { vary: 'Origin' }),
    ...(cors.allowCredentials && { 'access-control-allow-credentials': 'true' }),
    ...(cors.exposeHeaders.length > 0 && { 'access-control-expose-headers': cors.exposeHeaders.join(',') }),
  };
}

/** An allowed origin may have one wildcard, such as `https://*.example.com` or `http://*`. */
function fits(allowed: string, origin: string): boolean {
  const [head = '', tail] = allowed.toLowerCase().split('*');
  const asked = origin.toLowerCase();
  if (tail === undefined) return asked === head;
  return asked.length >= head.length + tail.length && asked.startsWith(head) && asked.endsWith(tail);
}
