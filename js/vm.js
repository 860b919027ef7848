'use strict';

// vm: scripts, and contexts whose global objects show a sandbox. The realms are native.

const { coded, invalidArgType, invalidArgValue } = require('internal/errors');
const {
  validateBoolean, validateInteger, validateObject, validateString,
} = require('internal/validate');

const { makeContext, compile, run, compileBody, fingerprint } = native;

// Sandbox (or global object) -> the native context.
const contexts = new WeakMap();

const atOnce = Symbol('atOnce');

const constants = Object.freeze({
  __proto__: null,
  USE_MAIN_CONTEXT_DEFAULT_LOADER: Symbol('vm_dynamic_import_main_context_default'),
  DONT_CONTEXTIFY: Symbol('vm_context_no_contextify'),
});

function absent(what) {
  return coded('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', `vm: ${what} is not available in this version of rjs`);
}

function optional(options, name, validate) {
  if (options[name] !== undefined) validate(options[name], `options.${name}`);
}

function asOptions(options, textName) {
  if (typeof options === 'string') return { [textName]: options };
  validateObject(options, 'options');
  return options;
}

// Any object or function, but null.
function validateTarget(value, name) {
  if (typeof value === 'function') return;
  if (typeof value !== 'object' || value === null) throw invalidArgType(name, 'of type object', value);
}

function contextOf(sandbox) {
  validateTarget(sandbox, 'object');
  const context = contexts.get(sandbox);
  if (context === undefined) {
    throw invalidArgType('contextifiedObject', 'an vm.Context', sandbox);
  }
  return context;
}

function isContext(object) {
  validateTarget(object, 'object');
  return contexts.has(object);
}

function validateOffset(value, name) {
  validateInteger(value, name, -2147483648, 2147483647);
}

function validateLoader(value) {
  if (value === undefined || value === constants.USE_MAIN_CONTEXT_DEFAULT_LOADER) return;
  const name = 'options.importModuleDynamically';
  if (typeof value !== 'function') throw invalidArgType(name, 'of type function', value);
}

// What answers `import()` in a text: nothing, the program's own loader, or a function of the program's, which
// is told of the script, function, module or context that the text belongs to.
function importerOf(callback, owner) {
  if (callback === undefined) return undefined;
  if (callback === constants.USE_MAIN_CONTEXT_DEFAULT_LOADER) return true;
  return async (specifier, attributes) => {
    if (native.modules === undefined) {
      throw coded('ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG',
        'A dynamic import callback was invoked without --experimental-vm-modules');
    }
    const imported = await callback(specifier, owner(), attributes, 'evaluation');
    return require('internal/vm/module').namespaceOf(imported);
  };
}

// There is no compiled code that could be kept. What stands for it tells of which text it is, so that a program
// which keeps it learns when to make it anew.
function cachedDataOf(code) {
  return Buffer.from(`rjs ${process.versions.rjs} ${fingerprint(code)}\n`, 'latin1');
}

function isCachedDataOf(code, data) {
  return cachedDataOf(code).equals(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

// What Node notes on a script or function about cached data.
function noteCachedData(target, code, { cachedData, produceCachedData }) {
  if (cachedData !== undefined) target.cachedDataRejected = !isCachedDataOf(code, cachedData);
  if (!produceCachedData) return;
  target.cachedData = cachedDataOf(code);
  target.cachedDataProduced = true;
}

function validateCachedData(value) {
  if (value === undefined || ArrayBuffer.isView(value)) return;
  throw invalidArgType('options.cachedData', 'an instance of Buffer, TypedArray, or DataView', value);
}

function validateSource(options) {
  optional(options, 'filename', validateString);
  optional(options, 'lineOffset', validateOffset);
  optional(options, 'columnOffset', validateOffset);
  validateCachedData(options.cachedData);
  optional(options, 'produceCachedData', validateBoolean);
  validateLoader(options.importModuleDynamically);
}

function validateRun(options) {
  validateObject(options, 'options');
  optional(options, 'displayErrors', validateBoolean);
  optional(options, 'breakOnSigint', validateBoolean);
  if (options.timeout !== undefined) {
    validateInteger(options.timeout, 'options.timeout', 1, 4294967295);
  }
}

function sourceMapOf(code) {
  return /\/\/[#@] sourceMappingURL=(\S+)\s*$/.exec(code)?.[1];
}

class Script {
  #compiled;
  #code;

  // `now` is given by the functions that run the script at once: what is wrong with it is seen then.
  constructor(code, options = {}, now) {
    code = `${code}`;
    options = asOptions(options, 'filename');
    validateSource(options);
    const { filename = 'evalmachine.<anonymous>', lineOffset = 0, columnOffset = 0 } = options;
    const importer = importerOf(options.importModuleDynamically, () => this);
    this.#compiled = compile(code, filename, lineOffset, columnOffset, importer, now === atOnce);
    this.#code = code;
    noteCachedData(this, code, options);
    this.sourceURL = undefined;
    this.sourceMapURL = sourceMapOf(code);
  }

  runInThisContext(options = {}) {
    validateRun(options);
    const { displayErrors = true, timeout, breakOnSigint } = options;
    return run(this.#compiled, displayErrors, undefined, timeout, breakOnSigint);
  }

  runInContext(contextifiedObject, options = {}) {
    const context = contextOf(contextifiedObject);
    validateRun(options);
    const { displayErrors = true, timeout, breakOnSigint } = options;
    return run(this.#compiled, displayErrors, context, timeout, breakOnSigint);
  }

  runInNewContext(contextObject, options = {}) {
    return this.runInContext(createContext(contextObject, contextOptions(options)), options);
  }

  createCachedData() {
    return cachedDataOf(this.#code);
  }
}

// The options of a new context as the functions that run in one spell them.
function contextOptions(options) {
  validateObject(options, 'options');
  optional(options, 'contextName', validateString);
  optional(options, 'contextOrigin', validateString);
  optional(options, 'contextCodeGeneration', validateObject);
  for (const kind of ['strings', 'wasm']) {
    const allowed = options.contextCodeGeneration?.[kind];
    if (allowed !== undefined) validateBoolean(allowed, `options.contextCodeGeneration.${kind}`);
  }
  const { contextName: name, contextOrigin: origin, contextCodeGeneration: codeGeneration, microtaskMode } = options;
  return { name, origin, codeGeneration, microtaskMode };
}

function createContext(contextObject = {}, options = {}) {
  const isPlain = contextObject === constants.DONT_CONTEXTIFY;
  if (!isPlain) {
    if (isContext(contextObject)) return contextObject;
  }
  validateObject(options, 'options');
  optional(options, 'name', validateString);
  optional(options, 'origin', validateString);
  optional(options, 'codeGeneration', validateObject);
  const { strings = true, wasm = true } = options.codeGeneration ?? {};
  validateBoolean(strings, 'options.codeGeneration.strings');
  validateBoolean(wasm, 'options.codeGeneration.wasm');
  validateLoader(options.importModuleDynamically);
  if (options.microtaskMode !== undefined) {
    if (options.microtaskMode !== 'afterEvaluate') {
      throw invalidArgValue('options.microtaskMode', options.microtaskMode,
        "must be one of: 'afterEvaluate', undefined");
    }
  }
  const importer = importerOf(options.importModuleDynamically, () => object);
  const ownQueue = options.microtaskMode !== undefined;
  const context = makeContext(isPlain ? undefined : contextObject, strings, ownQueue, importer);
  const object = isPlain ? run(compile('this', '', 0, 0), false, context) : contextObject;
  contexts.set(object, context);
  return object;
}

function createScript(code, options) {
  return new Script(code, options);
}

function runInThisContext(code, options) {
  options = options === undefined ? {} : asOptions(options, 'filename');
  return new Script(code, options, atOnce).runInThisContext(options);
}

function runInContext(code, contextifiedObject, options) {
  contextOf(contextifiedObject);
  options = options === undefined ? {} : asOptions(options, 'filename');
  return new Script(code, options, atOnce).runInContext(contextifiedObject, options);
}

function runInNewContext(code, contextObject, options) {
  options = options === undefined ? {} : asOptions(options, 'filename');
  return runInContext(code, createContext(contextObject, contextOptions(options)), options);
}

function compileFunction(code, params, options = {}) {
  validateString(code, 'code');
  if (params !== undefined) {
    if (!Array.isArray(params)) throw invalidArgType('params', 'an instance of Array', params);
    params.forEach((param, i) => validateString(param, `params[${i}]`));
  }
  validateObject(options, 'options');
  validateSource(options);
  const { filename = '', lineOffset = 0, columnOffset = 0, parsingContext, contextExtensions = [] } = options;
  if (parsingContext !== undefined && !contexts.has(Object(parsingContext))) {
    throw invalidArgType('options.parsingContext', 'an instance of Context', parsingContext);
  }
  if (!Array.isArray(contextExtensions)) {
    throw invalidArgType('options.contextExtensions', 'an instance of Array', contextExtensions);
  }
  contextExtensions.forEach((extension, i) => validateTarget(extension, `options.contextExtensions[${i}]`));
  const context = parsingContext === undefined ? undefined : contexts.get(parsingContext);
  const importer = importerOf(options.importModuleDynamically, () => made);
  const made = compileBody(
    code, filename, lineOffset, columnOffset, (params ?? []).join(','), context, importer, contextExtensions);
  const sourceMapURL = sourceMapOf(code);
  if (sourceMapURL !== undefined) made.sourceMapURL = sourceMapURL;
  noteCachedData(made, code, options);
  return made;
}

function measureMemory() {
  throw absent('measureMemory');
}

module.exports = {
  Script, createContext, createScript, runInContext, runInNewContext, runInThisContext,
  isContext, compileFunction, measureMemory, constants,
};

if (native.modules !== undefined) {
  const cache = { make: cachedDataOf, fits: isCachedDataOf };
  Object.assign(module.exports,
    require('internal/vm/module').prepare({ engine: native.modules, contexts, validateSource, importerOf, cache }));
}
