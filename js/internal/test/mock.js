'use strict';

// Mocks: functions that remember their calls, and stand in for methods and properties until restored.

const { coded, invalidArgType, invalidArgValue } = require('internal/errors');
const { validateBoolean, validateFunction, validateInteger, validateObject } = require('internal/validate');

// Decides what stands in, call by call; shared by mocked functions and properties.
class Behaviour {
  #once = new Map();
  #times;
  current;

  constructor(implementation, times = Infinity) {
    this.current = implementation;
    this.#times = times;
  }

  set(implementation) {
    this.current = implementation;
    this.#times = Infinity;
  }

  setOnce(call, implementation) {
    this.#once.set(call, implementation);
  }

  // What stands in for this call, or undefined for the original.
  at(call) {
    if (this.#once.has(call)) {
      const implementation = this.#once.get(call);
      this.#once.delete(call);
      return { implementation };
    }
    return call < this.#times && this.current !== undefined ? { implementation: this.current } : undefined;
  }

  reset() {
    this.current = undefined;
    this.#once.clear();
  }
}

function callNumber(value, next) {
  if (value === undefined) return next;
  validateInteger(value, 'onCall', next, Number.MAX_SAFE_INTEGER);
  return value;
}

class MockFunctionContext {
  #calls = [];
  #behaviour;
  #undo;

  constructor(behaviour, undo) {
    this.#behaviour = behaviour;
    this.#undo = undo;
  }

  restore() {
    this.#undo?.();
    this.#behaviour.reset();
  }

  mockImplementationOnce(implementation, onCall) {
    validateFunction(implementation, 'implementation');
    this.#behaviour.setOnce(callNumber(onCall, this.#calls.length), implementation);
  }

  mockImplementation(implementation) {
    validateFunction(implementation, 'implementation');
    this.#behaviour.set(implementation);
  }

  resetCalls() { this.#calls = []; }
  callCount() { return this.#calls.length; }
  get calls() { return this.#calls.slice(); }

  // Only for this file: remembers a call.
  static note(context, call) {
    context.#calls.push({ __proto__: null, ...call });
  }
}
const { note } = MockFunctionContext;
delete MockFunctionContext.note;

// A function that looks like `original` and behaves as told.
function mockFunction(original, behaviour, undo) {
  const context = new MockFunctionContext(behaviour, undo);
  const record = (call, work) => {
    const made = { arguments: call.args, error: undefined, result: undefined, stack: new Error(),
      target: call.target, this: call.self };
    try {
      made.result = work(behaviour.at(context.callCount())?.implementation ?? original);
      return made.result;
    } catch (error) {
      made.error = error;
      throw error;
    } finally {
      note(context, made);
    }
  };
  return new Proxy(original, {
    __proto__: null,
    apply(_, self, args) {
      return record({ args, self }, (fn) => Reflect.apply(fn, self, args));
    },
    construct(_, args, target) {
      const call = { args, target };
      return record(call, (fn) => {
        call.self = Reflect.construct(fn, args, target);
        return call.self;
      });
    },
    get(fn, key, receiver) {
      return key === 'mock' ? context : Reflect.get(fn, key, receiver);
    },
  });
}

class MockPropertyContext {
  #accesses = [];
  #behaviour;
  #object;
  #name;
  #original;
  #value;

  constructor(object, name, value) {
    this.#object = object;
    this.#name = name;
    this.#original = Object.getOwnPropertyDescriptor(object, name);
    this.#value = value;
    this.#behaviour = new Behaviour();
    const { enumerable = true } = this.#original ?? {};
    Object.defineProperty(object, name, {
      __proto__: null,
      configurable: true,
      enumerable,
      get: () => this.#access('get', this.#value),
      set: (given) => { this.#value = this.#access('set', given); },
    });
  }

  #access(type, given) {
    const once = this.#behaviour.at(this.#accesses.length);
    const value = once === undefined ? given : once.implementation;
    this.#accesses.push({ __proto__: null, type, value, stack: new Error() });
    return value;
  }

  get accesses() { return this.#accesses.slice(); }
  accessCount() { return this.#accesses.length; }
  mockImplementation(value) { this.#value = value; }
  mockImplementationOnce(value, onAccess) {
    this.#behaviour.setOnce(callNumber(onAccess, this.#accesses.length), value);
  }
  resetAccesses() { this.#accesses = []; }

  restore() {
    if (this.#original === undefined) delete this.#object[this.#name];
    else Object.defineProperty(this.#object, this.#name, this.#original);
  }
}

// The property of this name, on the object or the prototype that has it.
function find(object, name) {
  for (let holder = object; holder !== null; holder = Object.getPrototypeOf(holder)) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, name);
    if (descriptor !== undefined) return descriptor;
  }
  return undefined;
}

function timesOf(options) {
  const { times = Infinity } = options;
  if (times !== Infinity) validateInteger(times, 'options.times', 1, Number.MAX_SAFE_INTEGER);
  return times;
}

// Options may stand before their place: what is left out before them takes its default.
function split(given, count) {
  for (let i = 0; i < count; i++) {
    if (given[i] !== null && typeof given[i] === 'object') return [given.slice(0, i), given[i]];
  }
  const { [count]: options = {} } = given;
  return [given.slice(0, count), options];
}

// The key of a descriptor where the function to replace is.
function sideOf(options) {
  const { getter = false, setter = false } = options;
  validateBoolean(getter, 'options.getter');
  validateBoolean(setter, 'options.setter');
  if (getter && setter) throw invalidArgValue('options.setter', setter, "cannot be used with 'options.getter'");
  if (setter) return 'set';
  return getter ? 'get' : 'value';
}

class MockTracker {
  #mocks = [];
  #timers;

  get timers() {
    return this.#timers ??= new (require('internal/test/mock_timers').MockTimers)();
  }

  fn(...given) {
    const [named, options] = split(given, 2);
    const [original = function() {}, implementation = original] = named;
    validateFunction(original, 'original');
    validateFunction(implementation, 'implementation');
    validateObject(options, 'options');
    return this.#keep(mockFunction(original, new Behaviour(implementation, timesOf(options))));
  }

  method(holder, methodName, implementation, ...rest) {
    if (holder === null || (typeof holder !== 'object' && typeof holder !== 'function')) {
      throw invalidArgType('object', 'of type object', holder);
    }
    if (typeof methodName !== 'string' && typeof methodName !== 'symbol') {
      throw invalidArgType('methodName', 'one of type string or symbol', methodName);
    }
    const [[standIn], options] = split([implementation, ...rest], 1);
    validateObject(options, 'options');
    const side = sideOf(options);
    const descriptor = find(holder, methodName);
    const original = descriptor?.[side];
    if (typeof original !== 'function') throw invalidArgValue('methodName', original, 'must be a method');
    if (standIn !== undefined) validateFunction(standIn, 'implementation');
    const undo = () => Object.defineProperty(holder, methodName, descriptor);
    const made = mockFunction(original, new Behaviour(standIn, timesOf(options)), undo);
    Object.defineProperty(holder, methodName, { ...descriptor, configurable: true, [side]: made });
    return this.#keep(made);
  }

  getter(object, methodName, implementation, ...rest) {
    return this.#accessor('getter', object, methodName, [implementation, ...rest]);
  }

  setter(object, methodName, implementation, ...rest) {
    return this.#accessor('setter', object, methodName, [implementation, ...rest]);
  }

  #accessor(kind, object, methodName, given) {
    const [[implementation], options] = split(given, 1);
    return this.method(object, methodName, implementation, { ...options, [kind]: true });
  }

  #keep(made) {
    this.#mocks.push(made.mock);
    return made;
  }

  property(object, propertyName, value) {
    if (object === null || typeof object !== 'object') throw invalidArgType('object', 'of type object', object);
    if (!(propertyName in object)) throw invalidArgValue('propertyName', propertyName, 'is not a property of the object');
    const context = new MockPropertyContext(object, propertyName, arguments.length > 2 ? value : object[propertyName]);
    this.#mocks.push(context);
    return new Proxy(object, {
      __proto__: null,
      get: (target, key, receiver) => (key === 'mock' ? context : Reflect.get(target, key, receiver)),
    });
  }

  module() {
    throw coded('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'mock.module is not available in this version of rjs');
  }

  restoreAll() {
    for (const mock of this.#mocks) mock.restore();
  }

  reset() {
    this.restoreAll();
    this.#mocks.length = 0;
    this.#timers?.reset();
  }
}

module.exports = { MockTracker };
