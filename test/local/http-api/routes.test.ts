import { describe, expect, test } from '@jest/globals';
import type { RouteDefinition } from '../../../local/http-api/api-definition.ts';
import { createMatcher } from '../../../local/http-api/route-matching.ts';

function givenRoutes(...keys: string[]) {
  const match = createMatcher(
    keys.map((key): RouteDefinition => {
      const [method = '', path] = key === '$default' ? ['ANY'] : key.split(' ');
      return { key, method, path, functionArn: 'arn', timeoutMilliseconds: 30_000, authorizer: undefined, scopes: [] };
    }),
  );
  return (method: string, path: string) => {
    const found = match(method, path);
    return found && [found.route.key, found.pathParameters];
  };
}

describe('routes', () => {
  test('the most specific path wins, as in the example of the documentation', () => {
    const match = givenRoutes(
      '$default',
      'ANY /{proxy+}',
      'GET /pets/{proxy+}',
      'GET /pets/dog/{id}',
      'GET /pets/dog/1',
    );
    expect(match('GET', '/pets/dog/1')).toEqual(['GET /pets/dog/1', {}]);
    expect(match('GET', '/pets/dog/2')).toEqual(['GET /pets/dog/{id}', { id: '2' }]);
    expect(match('GET', '/pets/cat/1')).toEqual(['GET /pets/{proxy+}', { proxy: 'cat/1' }]);
    expect(match('POST', '/test/5')).toEqual(['ANY /{proxy+}', { proxy: 'test/5' }]);
    expect(match('GET', '/')).toEqual(['$default', {}]);
  });

  test('a method of its own wins over ANY, but a literal wins over both', () => {
    const match = givenRoutes('ANY /v1/{id}', 'GET /v1/{id}', 'ANY /v1/tokens');
    expect(match('GET', '/v1/x')?.[0]).toBe('GET /v1/{id}');
    expect(match('PUT', '/v1/x')?.[0]).toBe('ANY /v1/{id}');
    expect(match('GET', '/v1/tokens')?.[0]).toBe('ANY /v1/tokens');
  });

  test('path parameters are decoded, whole segments and never empty', () => {
    const match = givenRoutes('GET /v1/payments/{id}', 'GET /v1/payments', 'GET /');
    expect(match('GET', '/v1/payments/a%2Fb%20c')).toEqual(['GET /v1/payments/{id}', { id: 'a/b c' }]);
    expect(match('GET', '/v1/payments/')).toBeUndefined();
    expect(match('GET', '/v1/payments/1/')).toBeUndefined();
    expect(match('GET', '/v1/payments/1/2')).toBeUndefined();
    expect(match('GET', '/')?.[0]).toBe('GET /');
    expect(match('POST', '/v1/payments')).toBeUndefined();
    expect(() => match('GET', '/v1/payments/%zz')).toThrow(URIError);
  });
});
