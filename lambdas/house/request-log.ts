import type middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Route } from '../../contracts/route.ts';
import { log } from './log.ts';

/** One line a request: the route's template (never the path, which a caller writes), status and duration. */
export function requestLog(
  route: Route,
): middy.MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> {
  const line = (request: middy.Request<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>) => {
    const startedAt = request.event.requestContext.timeEpoch;
    log.info('request', {
      route: `${route.method} ${route.path}`,
      status: request.response?.statusCode ?? 500,
      milliseconds: Date.now() - startedAt,
    });
  };
  return { after: line, onError: line };
}
