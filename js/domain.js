'use strict';

// Domains: emitters, callbacks and errors that belong together. Which domains a callback is in is kept as
// an async context, each with the operation in which it was entered.

const EventEmitter = require('events');
const process = require('process');
const { AsyncLocalStorage, executionAsyncId } = require('async_hooks');
const { coded } = require('internal/errors');

const entries = new AsyncLocalStorage();

if (process.hasUncaughtExceptionCaptureCallback()) {
  throw coded('ERR_DOMAIN_CALLBACK_NOT_AVAILABLE', 'A callback was registered through ' +
    'process.setUncaughtExceptionCaptureCallback(), which is mutually exclusive with using the `domain` module');
}
const loaded = new Error('require(`domain`) at this point');
process.setUncaughtExceptionCaptureCallback = function setUncaughtExceptionCaptureCallback() {
  const error = coded('ERR_DOMAIN_CANNOT_SET_UNCAUGHT_EXCEPTION_CAPTURE', 'The `domain` module is in use, which is ' +
    'mutually exclusive with calling process.setUncaughtExceptionCaptureCallback()');
  error.stack += `\n${'-'.repeat(40)}\n${loaded.stack}`;
  throw error;
};

// The operation whose exception is being handled: it has ended by then.
let failed;

// Nothing is iterated here: a conversation whose program has spoilt arrays goes on.
function within(domain) {
  return current().concat({ domain, id: executionAsyncId() });
}

// What was entered before an operation began does not concern it, but for the innermost domain.
function current() {
  const all = entries.getStore();
  if (all === undefined || all.length < 2) return all ?? [];
  const id = failed ?? executionAsyncId();
  return all.filter((entry, i) => entry.id === id || i === all.length - 1);
}

function stack() {
  return current().map((entry) => entry.domain);
}

// Null where no domain was entered, or where the handler of the only one runs; undefined after the last was left.
function active() {
  const all = entries.getStore();
  if (all === undefined || all.handlerOf === executionAsyncId()) return null;
  return all.at(-1)?.domain;
}

function mark(error, domain, fields) {
  Object.defineProperty(error, 'domain', {
    __proto__: null, configurable: true, enumerable: false, writable: true, value: domain,
  });
  Object.assign(error, fields);
}

function isMarkable(error) {
  return (typeof error === 'object' && error !== null) || typeof error === 'function';
}

class Domain extends EventEmitter {
  members = [];

  // An exception that was thrown in this domain. False where nobody heard of it.
  _errorHandler(error) {
    if (isMarkable(error)) mark(error, this, { domainThrown: true });
    // Its own handler runs outside of it.
    while (active() === this) this.exit();
    let caught = false;
    const outer = current();
    if (outer.length === 0) {
      if (this.listenerCount('error') > 0) caught = this.emit('error', error);
    } else {
      try {
        caught = this.emit('error', error);
      } catch (second) {
        entries.enterWith(outer);
        caught = active()._errorHandler(second);
      }
    }
    entries.enterWith([]);
    return caught;
  }

  enter() {
    entries.enterWith(within(this));
  }

  exit() {
    const all = current();
    const at = all.findLastIndex((entry) => entry.domain === this);
    if (at !== -1) entries.enterWith(all.slice(0, at));
  }

  add(emitter) {
    if (emitter.domain === this) return;
    emitter.domain?.remove(emitter);
    // A domain may not be in itself, whatever the way round.
    if (emitter instanceof Domain) {
      for (let outer = this.domain; outer; outer = outer.domain) {
        if (outer === emitter) return;
      }
    }
    Object.defineProperty(emitter, 'domain', {
      __proto__: null, configurable: true, enumerable: false, writable: true, value: this,
    });
    this.members.push(emitter);
  }

  remove(emitter) {
    emitter.domain = null;
    const at = this.members.indexOf(emitter);
    if (at !== -1) this.members.splice(at, 1);
  }

  // What throws leaves the domain entered, for the handler.
  run(fn, ...args) {
    this.enter();
    const result = Reflect.apply(fn, this, args);
    this.exit();
    return result;
  }

  #within(fn, self, args) {
    this.enter();
    const result = Reflect.apply(fn, self, args);
    this.exit();
    return result;
  }

  intercept(callback) {
    const domain = this;
    return function runIntercepted(error, ...args) {
      if (error && error instanceof Error) {
        mark(error, domain, { domainBound: callback, domainThrown: false });
        domain.emit('error', error);
        return undefined;
      }
      return domain.#within(callback, this, args);
    };
  }

  bind(callback) {
    const domain = this;
    function runBound(...args) {
      return domain.#within(callback, this, args);
    }
    Object.defineProperty(runBound, 'domain', {
      __proto__: null, configurable: true, enumerable: false, writable: true, value: this,
    });
    return runBound;
  }
}

function createDomain() {
  return new Domain();
}

// New emitters belong to the domain that is active.
native.onInit((emitter) => {
  const domain = emitter instanceof Domain ? null : active() ?? null;
  Object.defineProperty(emitter, 'domain', {
    __proto__: null, configurable: true, enumerable: false, writable: true, value: domain,
  });
});

native.onUncaught((error) => {
  failed = entries.getStore()?.at(-1)?.id;
  try {
    if (stack().every((domain) => domain.listenerCount('error') === 0)) {
      entries.enterWith([]);
      return false;
    }
    active()._errorHandler(error);
    return true;
  } finally {
    failed = undefined;
  }
});

const { emit: plainEmit } = EventEmitter.prototype;

// An error that nobody listens for goes to the emitter's domain, and that domain's handler runs outside of it.
function emitInDomain(domain, emitter, given) {
  const error = given || coded('ERR_UNHANDLED_ERROR', `Unhandled error. (${given})`);
  if (isMarkable(error)) mark(error, domain, { domainEmitter: emitter, domainThrown: false });
  const before = entries.getStore();
  let all = current();
  while (all.length > 0 && all.at(-1).domain === domain) all = all.slice(0, -1);
  if (all.length === 0) all = Object.assign([], { handlerOf: executionAsyncId() });
  entries.enterWith(all);
  domain.emit('error', error);
  entries.enterWith(before);
  return false;
}

EventEmitter.usingDomains = true;
EventEmitter.prototype.emit = function emit(...args) {
  const { domain } = this;
  const isHeard = args[0] === 'error' && this.listenerCount('error') > 0;
  if (isHeard || domain === null || domain === undefined || this === process) {
    return Reflect.apply(plainEmit, this, args);
  }
  if (args[0] === 'error') return emitInDomain(domain, this, args[1]);
  domain.enter();
  const result = Reflect.apply(plainEmit, this, args);
  domain.exit();
  return result;
};

Object.defineProperty(process, 'domain', {
  __proto__: null,
  enumerable: true,
  configurable: true,
  get: active,
  set(domain) {
    entries.enterWith(domain ? within(domain) : []);
  },
});

module.exports = { Domain, createDomain, create: createDomain };
Object.defineProperties(module.exports, {
  active: { __proto__: null, enumerable: true, configurable: true, get: active },
  _stack: { __proto__: null, enumerable: true, configurable: true, get: stack },
});
