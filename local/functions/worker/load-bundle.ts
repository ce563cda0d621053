import { existsSync, readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { compile } from './code-cache.ts';
import type { BundleInstance, Surroundings } from './invocation-context.ts';
import { RuntimeError } from './runtime-error.ts';

export type Handler = (event: unknown, context: unknown) => unknown;

/**
 * Loads a function's bundle (CommonJS) and answers its handler. Throws what the bundle throws, or a RuntimeError
 * under the name that Lambda's runtime gives to a missing file, module or export and to a syntax error.
 */
export function loadBundle({ definition, surroundings }: BundleInstance, cacheDirectory: string): Handler {
  const { name, directory, handler } = definition;
  const [moduleName, exportPath] = splitHandler(handler);
  const filename = ['.js', '.cjs'].map((suffix) => join(directory, `${moduleName}${suffix}`)).find(existsSync);
  if (filename === undefined)
    throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${moduleName}'`);
  const exported = loadModule(filename, { name, directory, surroundings, cacheDirectory, modules: new Map() });
  const exportedHandler = exportPath.reduce(readMember, exported);
  if (typeof exportedHandler !== 'function') {
    throw new RuntimeError(
      'Runtime.HandlerNotFound',
      `${handler} is ${exportedHandler === undefined ? 'undefined or not exported' : 'not a function'}`,
    );
  }
  if (exportedHandler.length > 2) {
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      'nodejs24.x has no callback-based handlers; make it async.',
    );
  }
  return (event, context): unknown => Reflect.apply(exportedHandler, exported, [event, context]);
}

/** `folder/index.a.handler` is the export a.handler of folder/index. */
function splitHandler(handler: string): [moduleName: string, exportPath: string[]] {
  const slash = handler.lastIndexOf('/') + 1;
  const [name = '', ...exportPath] = handler.slice(slash).split('.');
  return [handler.slice(0, slash) + name, exportPath];
}

function readMember(value: unknown, name: string): unknown {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
    ? Reflect.get(value, name)
    : undefined;
}

/** One loading of a bundle: files that it requires get the same surroundings and share one list of modules. */
interface Loading {
  /** The function's. */
  readonly name: string;
  readonly directory: string;
  readonly surroundings: Surroundings;
  readonly cacheDirectory: string;
  readonly modules: Map<string, LoadedModule>;
}

interface LoadedModule {
  exports: unknown;
  readonly id: string;
  readonly filename: string;
  loaded: boolean;
}

/** Runs one CommonJS file and answers its exports; within a cycle those that are there so far, as in Node. */
function loadModule(filename: string, loading: Loading): unknown {
  const known = loading.modules.get(filename);
  if (known) return known.exports;
  const loaded: LoadedModule = { exports: {}, id: filename, filename, loaded: false };
  loading.modules.set(filename, loaded);
  const run = compileModule(filename, loading);
  const { process, console } = loading.surroundings;
  const parameters = [
    loaded.exports,
    createOwnRequire(filename, loading),
    loaded,
    filename,
    dirname(filename),
    process,
    console,
  ];
  Reflect.apply(run, loaded.exports, parameters);
  loaded.loaded = true;
  return loaded.exports;
}

// The bundle's names for what it is given; on the first line, so that line numbers in its stack traces are right.
const wrapperHead = '(function (exports, require, module, __filename, __dirname, process, console) {';

function compileModule(
  filename: string,
  { name, directory, cacheDirectory }: Loading,
): (this: unknown, ...parameters: unknown[]) => unknown {
  const nameInCache = `${name}/${relative(directory, filename)}`;
  const text = readFileSync(filename, 'utf8')
    .replace(/^\uFEFF/u, '')
    .replace(/^#!.*/u, '');
  try {
    const run: unknown = compile(`${wrapperHead}${text}\n})`, filename, nameInCache, cacheDirectory).runInThisContext();
    if (typeof run !== 'function') throw new SyntaxError(`${filename} is not a CommonJS module.`);
    return function (...parameters): unknown {
      return Reflect.apply(run, this, parameters);
    };
  } catch (error) {
    throw new RuntimeError('Runtime.UserCodeSyntaxError', String(error));
  }
}

/** A bundle's `require`: its own process, Node's modules as they are, and files in the bundle's own surroundings. */
function createOwnRequire(filename: string, loading: Loading): NodeJS.Require {
  const real = createRequire(filename);
  return new Proxy(real, {
    apply: (_target, _receiver, [specifier]: [string]): unknown => {
      if (specifier === 'process' || specifier === 'node:process') return loading.surroundings.process;
      if (isBuiltin(specifier)) return real(specifier);
      const path = resolveFile(real, specifier);
      if (path === undefined || !isDeployed(path, specifier, filename, loading.directory)) {
        throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${specifier}'`);
      }
      // An ES module or JSON has no wrapper of ours to receive anything.
      return /\.c?js$/u.test(path) && !isEsModule(path, loading.directory) ? loadModule(path, loading) : real(path);
    },
  });
}

function resolveFile(real: NodeJS.Require, specifier: string): string | undefined {
  try {
    return real.resolve(specifier);
  } catch {
    return undefined;
  }
}

/** Whether a file is there in AWS too: in the bundle's folder, or part of the SDK that Lambda's runtime brings along. */
function isDeployed(path: string, specifier: string, requiredBy: string, directory: string): boolean {
  const isInBundle = (file: string) => file.startsWith(directory + sep);
  return isInBundle(path) || !isInBundle(requiredBy) || /^@(aws-sdk|smithy)\//u.test(specifier);
}

/** Whether the nearest package.json says that `.js` means ES module; what lies above a bundle is not deployed. */
function isEsModule(path: string, directory: string): boolean {
  if (path.endsWith('.cjs')) return false;
  for (
    let folder = dirname(path);
    folder !== dirname(folder) && folder !== dirname(directory);
    folder = dirname(folder)
  ) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) return /"type"\s*:\s*"module"/u.test(readFileSync(manifest, 'utf8'));
  }
  return false;
}
