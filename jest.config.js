/** Jest runs TypeScript through swc and ES modules natively (node --experimental-vm-modules). */
const swc = ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }];

export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': swc },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.build', '<rootDir>/cdk.out', '<rootDir>/.quittance'],
  testTimeout: 60_000,
  // Both cores of the smallest machine; Jest by itself would leave one to a person.
  maxWorkers: 2,
};
