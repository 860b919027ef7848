'use strict';

// What the web streams share: queues, requests, errors, and how a program's functions are called.

const { coded, invalidArgType } = require('internal/errors');

const { setPrototypeOf } = Object;

// Where a public object keeps what it stands for.
const kCore = Symbol('kCore');

// First in, first out; the sizes of what waits are summed up.
class Queue {
  #items = [];
  #head = 0;
  size = 0;

  get length() { return this.#items.length - this.#head; }

  push(value, size = 0) {
    this.#items.push(value, size);
    this.size += size;
  }

  shift() {
    const value = this.#items[this.#head];
    this.size -= this.#items[this.#head + 1];
    this.#items[this.#head] = undefined;
    this.#head += 2;
    if (this.#head === this.#items.length || this.#head > 2048) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    // Sizes need not be whole numbers: their sum may end a little below zero.
    if (this.size < 0) this.size = 0;
    return value;
  }

  get first() { return this.#items[this.#head]; }

  clear() {
    this.#items = [];
    this.#head = 0;
    this.size = 0;
  }
}

// A read as a promise.
class ReadRequest {
  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers();
    this.promise = promise;
    this.resolve = resolve;
    this.reject = reject;
  }

  chunk(value) { this.resolve({ value, done: false }); }
  close(value) { this.resolve({ value, done: true }); }
  error(error) { this.reject(error); }
}

// A promise with its ends, whose rejection alone is nobody's concern.
class Deferred {
  isSettled = false;
  #resolve;
  #reject;

  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers();
    this.promise = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    ignore(promise);
  }

  resolve(value) {
    this.isSettled = true;
    this.#resolve(value);
  }

  reject(error) {
    this.isSettled = true;
    this.#reject(error);
  }
}

function rejected(error) {
  const made = new Deferred();
  made.reject(error);
  return made;
}

function resolved(value) {
  const made = new Deferred();
  made.resolve(value);
  return made;
}

function ignore(promise) {
  promise.then(undefined, () => {});
}

// Calls a function of the program; the outcome is always a promise, and one of our own.
async function invoke(call, self, ...args) {
  return call.apply(self, args);
}

// The method of a source, sink or transformer as a function that gives a promise.
function method(object, name, label) {
  const call = object?.[name];
  if (call === undefined) return undefined;
  if (typeof call !== 'function') throw invalidArgType(`${label}.${name}`, 'of type function', call);
  return (...args) => invoke(call, object, ...args);
}

function invalidState(message) {
  return coded('ERR_INVALID_STATE', `Invalid state: ${message}`, 'TypeError');
}

function invalidThis(type) {
  return coded('ERR_INVALID_THIS', `Value of "this" must be of type ${type}`);
}

function illegalConstructor() {
  return coded('ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
}

// What `object` stands for, if it is one of these.
function coreOf(object, Core) {
  const core = object?.[kCore];
  if (!(core instanceof Core)) throw invalidThis(Core.type);
  return core;
}

// For methods that give a promise: it is by the promise that they fail, a wrong receiver included.
function promiseOf(object, Core, call) {
  let core;
  try {
    core = coreOf(object, Core);
  } catch (error) {
    return Promise.reject(error);
  }
  return call(core);
}

// A public object for a core, past the constructor that programs must not call.
function publicOf(Class, core) {
  const object = setPrototypeOf({}, Class.prototype);
  object[kCore] = core;
  hide(object);
  core.public = object;
  return object;
}

function hide(object) {
  Object.defineProperty(object, kCore, { __proto__: null, enumerable: false });
}

// What a public object shows of itself.
function inspectAs(name, depth, options, fields) {
  if (depth < 0) return `${name} [Object]`;
  const { inspect } = require('util');
  const shown = { ...options, depth: options.depth === null ? null : options.depth - 1 };
  return `${name} ${inspect(fields, shown)}`;
}

// Makes the members of a class enumerable, as those of web interfaces are, and tags it.
function defineInterface(Class, members, hasTag = true) {
  const enumerable = { __proto__: null, enumerable: true };
  for (let i = 0; i < members.length; i++) Object.defineProperty(Class.prototype, members[i], enumerable);
  if (!hasTag) return;
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { __proto__: null, configurable: true, value: Class.name });
}

module.exports = {
  Queue, ReadRequest, coreOf, Deferred, defineInterface, hide, ignore, illegalConstructor,
  inspectAs, invalidState, invalidThis, invoke, kCore, method, promiseOf, publicOf, rejected, resolved,
};
