'use strict';

// AsyncResource and hooks; the context itself is native.

const process = require('process');
const { coded } = require('internal/errors');
const { validateBoolean, validateFunction, validateString } = require('internal/validate');

const { AsyncLocalStorage, currentFrame, runIn, createId, runningIds, runningResource, watch } = native;

const EVENTS = ['init', 'before', 'after', 'destroy', 'promiseResolve'];
// The callbacks of the enabled hooks. Replaced when it changes: a hook may enable and disable others.
let enabled = [];

function tell(event, id, ...details) {
  for (const callbacks of enabled) callbacks[event]?.call(callbacks.hook, id, ...details);
}

class AsyncHook {
  #callbacks;

  constructor(callbacks) {
    // The callbacks are called on the hook.
    callbacks.hook = this;
    this.#callbacks = callbacks;
  }

  enable() {
    if (!enabled.includes(this.#callbacks)) enabled = [...enabled, this.#callbacks];
    watch(tell);
    return this;
  }

  disable() {
    enabled = enabled.filter((callbacks) => callbacks !== this.#callbacks);
    if (enabled.length === 0) watch(undefined);
    return this;
  }
}

function createHook(options) {
  const callbacks = { __proto__: null };
  for (const event of EVENTS) {
    const callback = options[event];
    if (callback !== undefined && typeof callback !== 'function') {
      throw coded('ERR_ASYNC_CALLBACK', `hook.${event} must be a function`);
    }
    callbacks[event] = callback;
  }
  if (options.trackPromises !== undefined) validateBoolean(options.trackPromises, 'trackPromises');
  return new AsyncHook(callbacks);
}

function executionAsyncId() {
  return runningIds()[0];
}

function triggerAsyncId() {
  return runningIds()[1];
}

const topLevel = {};

function executionAsyncResource() {
  return runningResource() ?? topLevel;
}

// Made when the first resource is to be watched to its end.
let collected;

function destroyWithObject(resource, id) {
  collected ??= new FinalizationRegistry((held) => {
    if (!held.destroyed) tell('destroy', held.id);
  });
  const held = { id, destroyed: false };
  collected.register(resource, held);
  return held;
}

class AsyncResource {
  #frame = currentFrame();
  #asyncId = createId();
  #triggerAsyncId;
  #held;

  constructor(type, options = {}) {
    validateString(type, 'type');
    let trigger = options;
    let requireManualDestroy = false;
    if (typeof options !== 'number') {
      trigger = options.triggerAsyncId ?? executionAsyncId();
      requireManualDestroy = !!options.requireManualDestroy;
    }
    if (!Number.isSafeInteger(trigger) || trigger < -1) {
      throw coded('ERR_INVALID_ASYNC_ID', `Invalid triggerAsyncId value: ${trigger}`);
    }
    this.#triggerAsyncId = trigger;
    if (enabled.length === 0) return;
    if (type.length === 0) throw coded('ERR_ASYNC_TYPE', `Invalid name for async "type": ${type}`);
    if (!requireManualDestroy) this.#held = destroyWithObject(this, this.#asyncId);
    tell('init', this.#asyncId, type, trigger, this);
  }

  runInAsyncScope(fn, thisArg, ...args) {
    return runIn(this.#frame, this.#asyncId, this.#triggerAsyncId, this, fn, thisArg, args);
  }

  emitDestroy() {
    if (this.#held !== undefined) this.#held.destroyed = true;
    if (enabled.length > 0) process.nextTick(tell, 'destroy', this.#asyncId);
    return this;
  }

  asyncId() {
    return this.#asyncId;
  }

  triggerAsyncId() {
    return this.#triggerAsyncId;
  }

  bind(fn, thisArg) {
    validateFunction(fn, 'fn');
    const resource = this;
    const bound = thisArg === undefined ?
      function bound(...args) { return resource.runInAsyncScope(fn, this, ...args); } :
      this.runInAsyncScope.bind(this, fn, thisArg);
    Object.defineProperty(bound, 'length', { __proto__: null, value: fn.length, configurable: true });
    return bound;
  }

  static bind(fn, type, thisArg) {
    validateFunction(fn, 'fn');
    return new AsyncResource(type || fn.name || 'bound-anonymous-fn').bind(fn, thisArg);
  }
}

AsyncLocalStorage.bind = function bind(fn) {
  return AsyncResource.bind(fn);
};

AsyncLocalStorage.snapshot = function snapshot() {
  return AsyncLocalStorage.bind((callback, ...args) => callback(...args));
};

for (const name of ['bind', 'snapshot']) {
  Object.defineProperty(AsyncLocalStorage, name, { __proto__: null, enumerable: false });
}

module.exports = {
  AsyncLocalStorage, createHook, executionAsyncId, triggerAsyncId, executionAsyncResource, AsyncResource,
};
