/** The import rules of docs/architecture.md. Each layer's line says what it may reach; all else is refused. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: allowed, dependencyTypesNot: ['type-only'] },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    // aws-lambda is a package of types alone: nothing of it is there at run time.
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^aws-lambda$' } },
    only(
      'core-is-pure',
      '^core/',
      ['^core/', '^(node:)?crypto$', 'node_modules/(card-validator|credit-card-type|zod)/'],
      'core/ holds rules: no AWS, no clock, no environment.',
    ),
    {
      name: 'core-types-are-pure',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: '^(adapters|lambdas|lib|local|contracts|simulators)/' },
    },
    only(
      'contracts-import-zod-and-core',
      '^contracts/',
      ['^contracts/', '^core/', 'node_modules/(zod|zod-openapi)/'],
      'Schemas only.',
    ),
    {
      name: 'adapters-import-core',
      severity: 'error',
      from: { path: '^adapters/' },
      to: { path: '^(lambdas|lib|local|simulators|web|bench)/' },
    },
    {
      name: 'only-event-adapters-import-contracts',
      severity: 'error',
      from: { path: '^adapters/(?!events/)' },
      to: { path: '^contracts/' },
    },
    {
      name: 'lambdas-import-inwards',
      severity: 'error',
      from: { path: '^lambdas/' },
      to: { path: '^(lib|local|simulators|web|bench)/|^model/(?!shipped-model[.]json$)' },
    },
    {
      name: 'lib-imports-types-alone-from-lambdas',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^lambdas/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'lib-imports-no-runtime-code',
      severity: 'error',
      from: { path: '^(lib|bin)/' },
      to: { path: '^(adapters|local|simulators|web)/' },
    },
    {
      name: 'local-imports-none-of-the-project',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^(core|adapters|contracts|lambdas|lib|bin|simulators|packages|model|scripts)/' },
    },
    {
      name: 'simulators-import-none-of-the-project',
      severity: 'error',
      from: { path: '^simulators/' },
      to: { path: '^(core|adapters|contracts|lambdas|lib|bin|local|packages|model|scripts)/' },
    },
    {
      name: 'clients-speak-through-the-public-client',
      severity: 'error',
      from: { path: '^(web|bench|scripts/demo)' },
      to: { path: '^(core|adapters|lambdas|lib)/' },
    },
    {
      name: 'the-client-stands-alone',
      severity: 'error',
      from: { path: '^packages/client/' },
      to: { path: '^(?!packages/client/)', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
