import { enableCompileCache } from 'node:module';
import { readSettings } from './settings.ts';

// The cache must be on before the rest of the worker is compiled, hence the import below and not above.
enableCompileCache(readSettings().cacheDirectory);
await import('./serve.ts');
