'use strict';

// vm.Module and its two kinds. The engine's modules are native handles; what may be done when is kept here.

const { coded, invalidArgType, invalidArgValue } = require('internal/errors');
const {
  validateBoolean, validateFunction, validateInteger, validateObject, validateString,
} = require('internal/validate');
const { emitWarning } = require('process');
const { types: { isModuleNamespaceObject } } = require('util');

const inspect = Symbol.for('nodejs.util.inspect.custom');

// The native functions, the contexts of `vm`, and what it has for all kinds of texts: set once.
let engine;
let contexts;
let validateSource;
let importerOf;
let cache;

// Module -> { handle, identifier, context, status, error, modules, isLed }.
const states = new WeakMap();
const counters = new WeakMap();
let counter = 0;
let isWarned = false;

const failed = (code, message) => coded(`ERR_VM_MODULE_${code}`, message);
const mustBe = (what) => failed('STATUS', `Module status must ${what}`);

function stateOf(module, name = 'Module') {
  const state = states.get(module);
  if (state === undefined) throw coded('ERR_INVALID_THIS', `Value of "this" must be of type ${name}`);
  return state;
}

function nameFor(context) {
  if (context === undefined) return `vm:module(${counter++})`;
  const next = counters.get(context) ?? 0;
  counters.set(context, next + 1);
  return `vm:module(${next})`;
}

function decode(options) {
  validateObject(options, 'options');
  const { identifier, context } = options;
  if (identifier !== undefined) validateString(identifier, 'options.identifier');
  if (context !== undefined) {
    validateObject(context, 'context');
    if (!contexts.has(context)) throw invalidArgType('options.context', 'an vm.Context', context);
  }
  validateSource(options);
  return { context, identifier: identifier ?? nameFor(context) };
}

function compile(text, identifier, context, offsets, importer, fillMeta) {
  const { lineOffset = 0, columnOffset = 0 } = offsets;
  const realm = context === undefined ? undefined : contexts.get(context);
  return engine.compile(text, identifier, lineOffset, columnOffset, realm, importer, fillMeta);
}

function begin(module, handle, { identifier, context }, status) {
  states.set(module, { handle, identifier, context, status, error: undefined, modules: [], isLed: false });
}

// The state of what a module is to import.
function checked(child, state) {
  const given = states.get(child);
  if (given === undefined) throw failed('NOT_MODULE', 'Provided module is not an instance of Module');
  if (given.context !== state.context) throw failed('DIFFERENT_CONTEXT', 'Linked modules must use the same context');
  return given;
}

// Says what its requests lead to.
function lead(state, modules) {
  const children = modules.map((child) => checked(child, state));
  state.modules = modules;
  state.isLed = true;
  engine.link(state.handle, children.map(({ handle }) => handle));
}

// Every module that can be reached, itself first.
function graphOf(module) {
  const found = new Set([module]);
  for (const next of found) states.get(next).modules.forEach((child) => found.add(child));
  return [...found];
}

function instantiate(module) {
  const graph = graphOf(module);
  for (const each of graph) {
    const { isLed, identifier } = states.get(each);
    // Only the first must have been told that it asks for nothing.
    if (isLed || (each !== module && each.moduleRequests.length === 0)) continue;
    throw failed('LINK_FAILURE', each === module
      ? 'module is not linked'
      : `request for '${each.moduleRequests[0].specifier}' can not be resolved on module '${identifier}' that is not linked`);
  }
  engine.instantiate(states.get(module).handle);
  for (const each of graph) states.get(each).status = 'linked';
}

// Asks for what a module imports, and what that imports.
async function linkAll(module, linker) {
  const state = states.get(module);
  state.status = 'linking';
  lead(state, await Promise.all(module.moduleRequests.map(async ({ specifier, attributes }) => {
    const child = await linker(specifier, module, { attributes, assert: attributes });
    checked(child, state);
    if (child.status === 'errored') {
      const error = failed('LINK_FAILURE', `request for '${specifier}' resolved to an errored module`);
      error.cause = child.error;
      throw error;
    }
    if (child.status === 'unlinked') await linkAll(child, linker);
    return child;
  })));
}

function validateEvaluation(options) {
  validateObject(options, 'options');
  const { timeout, breakOnSigint } = options;
  if (timeout !== undefined) validateInteger(timeout, 'options.timeout', 1, 4294967295);
  if (breakOnSigint !== undefined) validateBoolean(breakOnSigint, 'options.breakOnSigint');
}

function evaluate(module, options) {
  const state = stateOf(module);
  validateEvaluation(options);
  if (!['linked', 'evaluated', 'errored'].includes(module.status)) {
    throw mustBe('be one of linked, evaluated, or errored');
  }
  if (state.status === 'errored') throw state.error;
  const realm = state.context === undefined ? undefined : contexts.get(state.context);
  const promise = engine.evaluate(state.handle, realm, options.timeout, options.breakOnSigint);
  if (module.status !== 'errored') return promise;
  promise.catch(() => {});
  throw module.error;
}

class Module {
  constructor() {
    if (new.target === Module) throw new TypeError('Module is not a constructor');
    if (isWarned) return;
    isWarned = true;
    emitWarning('VM Modules is an experimental feature and might change at any time', 'ExperimentalWarning');
  }

  get identifier() {
    return stateOf(this).identifier;
  }

  get context() {
    return stateOf(this).context;
  }

  get namespace() {
    const { handle, status } = stateOf(this);
    if (status === 'unlinked' || status === 'linking') throw mustBe('not be unlinked or linking');
    return engine.namespace(handle);
  }

  get status() {
    const { handle, status } = stateOf(this);
    return engine.progress(handle) ?? status;
  }

  get error() {
    const { handle, status, error } = stateOf(this);
    if (this.status !== 'errored') throw mustBe('be errored');
    return status === 'errored' ? error : engine.failure(handle);
  }

  async link(linker) {
    const state = stateOf(this);
    validateFunction(linker, 'linker');
    if (this.status === 'linked') throw failed('ALREADY_LINKED', 'Module has already been linked');
    if (this.status !== 'unlinked') throw mustBe('be unlinked');
    try {
      await linkAll(this, linker);
      instantiate(this);
    } catch (error) {
      state.status = 'errored';
      state.error = error;
      throw error;
    }
  }

  evaluate(options = {}) {
    try {
      return evaluate(this, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  [inspect](depth, options) {
    stateOf(this);
    const { name } = this.constructor;
    if (typeof depth === 'number' && depth < 0) return `[${name}]`;
    const shown = { status: this.status, identifier: this.identifier, context: this.context };
    Object.setPrototypeOf(shown, Object.getPrototypeOf(this));
    Object.defineProperty(shown, 'constructor', { value: this.constructor, enumerable: false });
    return require('util').inspect(shown, { ...options, customInspect: false });
  }
}

class SourceTextModule extends Module {
  #requests;
  #specifiers;
  #text;

  constructor(sourceText, options = {}) {
    super();
    validateString(sourceText, 'sourceText');
    validateObject(options, 'options');
    const { initializeImportMeta, importModuleDynamically, cachedData } = options;
    if (initializeImportMeta !== undefined) validateFunction(initializeImportMeta, 'options.initializeImportMeta');
    const decoded = decode(options);
    const importer = importerOf(importModuleDynamically, () => this);
    const fillMeta = initializeImportMeta && ((meta) => { initializeImportMeta(meta, this); });
    const handle = compile(sourceText, decoded.identifier, decoded.context, options, importer, fillMeta);
    if (cachedData !== undefined && !cache.fits(sourceText, cachedData)) {
      throw failed('CACHED_DATA_REJECTED', 'cachedData buffer was rejected');
    }
    this.#text = sourceText;
    begin(this, handle, decoded, 'unlinked');
  }

  get moduleRequests() {
    this.#requests ??= Object.freeze(engine.requests(stateOf(this).handle).map(([specifier, ...pairs]) => {
      const attributes = { __proto__: null };
      for (let i = 0; i < pairs.length; i += 2) attributes[pairs[i]] = pairs[i + 1];
      return Object.freeze({ __proto__: null, specifier, attributes: Object.freeze(attributes), phase: 'evaluation' });
    }));
    return this.#requests;
  }

  get dependencySpecifiers() {
    this.#specifiers ??= Object.freeze(this.moduleRequests.map(({ specifier }) => specifier));
    return this.#specifiers;
  }

  linkRequests(modules) {
    const state = stateOf(this, 'SourceTextModule');
    if (this.status !== 'unlinked') throw mustBe('be unlinked');
    if (!Array.isArray(modules)) throw invalidArgType('modules', 'an instance of Array', modules);
    const { length } = this.moduleRequests;
    if (modules.length !== length) {
      throw coded('ERR_MODULE_LINK_MISMATCH', `Expected ${length} modules, got ${modules.length}`);
    }
    lead(state, [...modules]);
  }

  instantiate() {
    const { status } = stateOf(this, 'SourceTextModule');
    if (status !== 'linked') instantiate(this);
  }

  hasTopLevelAwait() {
    return engine.awaits(stateOf(this, 'SourceTextModule').handle);
  }

  hasAsyncGraph() {
    const { status } = stateOf(this, 'SourceTextModule');
    if (status === 'unlinked' || status === 'linking') throw mustBe('be instantiated');
    return graphOf(this).some((module) => engine.awaits(states.get(module).handle));
  }

  createCachedData() {
    if (['evaluating', 'evaluated', 'errored'].includes(this.status)) {
      throw failed('CANNOT_CREATE_CACHED_DATA', 'Cached data cannot be created for a module which has been evaluated');
    }
    return cache.make(this.#text);
  }
}

// The values are variables of a module of their own, which has been evaluated from the start: they can
// be set at any time. The module that programs import passes them on, and calls back when evaluated.
function valuesModule(names, context) {
  const cases = names.map((_, i) => `case ${i}:$${i}=v;break;`).join('');
  const variables = names.map((_, i) => `export let $${i};`).join('');
  const text = `${variables}export let run;export const set=(n,v)=>{switch(n){case -1:run=v;break;${cases}}};`;
  const handle = compile(text, 'node:internal/vm/module', context, {});
  engine.link(handle, []);
  engine.instantiate(handle);
  engine.evaluate(handle);
  return handle;
}

class SyntheticModule extends Module {
  #names;
  #set;

  constructor(exportNames, evaluateCallback, options = {}) {
    super();
    if (!Array.isArray(exportNames) || exportNames.some((name) => typeof name !== 'string')) {
      throw invalidArgType('exportNames', 'an Array of unique strings', exportNames);
    }
    exportNames.forEach((name, i) => {
      if (exportNames.indexOf(name) < i) throw invalidArgValue(`exportNames.${name}`, name, 'is duplicated');
    });
    validateFunction(evaluateCallback, 'evaluateCallback');
    const decoded = decode(options);
    const { context, identifier } = decoded;
    const values = valuesModule(exportNames, context);
    const passed = exportNames.map((name, i) => `$${i} as ${JSON.stringify(name)}`).join();
    const handle = compile(`import{run}from"values";export{${passed}}from"values";run();`, identifier, context, {});
    engine.link(handle, [values]);
    engine.instantiate(handle);
    begin(this, handle, decoded, 'linked');
    states.get(this).isLed = true;
    this.#names = [...exportNames];
    this.#set = engine.namespace(values).set;
    this.#set(-1, () => { evaluateCallback.call(this, this); });
  }

  async link() {
    stateOf(this, 'SyntheticModule');
  }

  setExport(name, value) {
    stateOf(this, 'SyntheticModule');
    validateString(name, 'name');
    const index = this.#names.indexOf(name);
    if (index < 0) throw new ReferenceError(`Export '${name}' is not defined in module`);
    this.#set(index, value);
  }
}

// What a callback gave for an import, a module or its namespace, as what `import()` is to give.
function namespaceOf(imported) {
  if (states.has(imported)) {
    const { status } = imported;
    if (status !== 'errored') return imported.namespace;
    throw imported.error;
  }
  if (!isModuleNamespaceObject(imported)) {
    throw failed('NOT_MODULE', 'Provided module is not an instance of Module');
  }
  return imported;
}

function prepare(given) {
  ({ engine, contexts, validateSource, importerOf, cache } = given);
  return { Module, SourceTextModule, SyntheticModule };
}

module.exports = { prepare, namespaceOf };
