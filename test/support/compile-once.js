import vm from 'node:vm';

/*
 * Jest compiles every module anew for each test file: it gives each a context of its own, and V8 keeps no compiled code between contexts for
 * modules that Jest compiles as it does. Here a worker compiles each module once; where a test file does little else than load its modules,
 * a fifth of its time goes into compiling them again.
 */

const { compileFunction, SourceTextModule } = vm;

/** Modules of `node_modules`: V8 keeps the code of those that come without a callback for `import()`, and few say `import(`. */
vm.compileFunction = (code, params, { importModuleDynamically, ...options }) =>
  compileFunction(code, params, code.includes('import(') ? { ...options, importModuleDynamically } : options);

/** What V8 made of a module, by its code. */
const compiled = new Map();

/** Modules of this project: V8 takes what it made before. */
vm.SourceTextModule = class extends SourceTextModule {
  constructor(code, options) {
    const cachedData = compiled.get(code);
    super(code, cachedData ? { ...options, cachedData } : options);
    if (!cachedData) compiled.set(code, this.createCachedData());
  }
};
