'use strict';

// What the functions of tests and suites get as their argument.

const assert = require('assert');
const { coded } = require('internal/errors');
const { validateFunction, validateNumber, validateObject, validateString } = require('internal/validate');
const { addHook, define } = require('internal/test/runner');

const ASSERTIONS = (
  'deepEqual deepStrictEqual doesNotMatch doesNotReject doesNotThrow equal fail ifError match notDeepEqual ' +
  'notDeepStrictEqual notEqual notStrictEqual partialDeepStrictEqual rejects strictEqual throws ok'
).split(' ');
const registered = new Map();

// `assert.register(name, fn)`.
function register(name, fn) {
  validateString(name, 'name');
  validateFunction(fn, 'fn');
  registered.set(name, fn);
}

function noSnapshots() {
  throw coded('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'snapshots are not available in this version of rjs');
}

// The assertions of a context: they count for its plan.
function assertionsOf(test, context) {
  const made = {};
  const counted = (fn, self) => function(...args) {
    test.counted++;
    return fn.apply(self, args);
  };
  for (const name of ASSERTIONS) made[name] = counted(assert[name], assert);
  made.snapshot = noSnapshots;
  made.fileSnapshot = noSnapshots;
  for (const [name, fn] of registered) made[name] = counted(fn, context);
  return made;
}

// What both kinds of contexts tell.
class Context {
  #test;

  constructor(test) {
    this.#test = test;
  }

  get signal() { return this.#test.controller.signal; }
  get name() { return this.#test.name; }
  get fullName() { return this.#test.fullName; }
  get filePath() { return require('process').argv[1]; }
  get passed() { return this.#test.passed; }
  get attempt() { return 0; }

  diagnostic(message) {
    this.#test.messages.push(String(message));
  }
}

class TestContext extends Context {
  #test;
  #assert;

  constructor(test) {
    super(test);
    this.#test = test;
  }

  get error() { return this.#test.error; }
  get workerId() { return undefined; }

  plan(count, options = {}) {
    if (this.#test.planned !== undefined) {
      throw coded('ERR_TEST_FAILURE', 'cannot set plan more than once');
    }
    validateNumber(count, 'count');
    validateObject(options, 'options');
    this.#test.planned = { count, wait: options.wait };
  }

  get assert() {
    return this.#assert ??= assertionsOf(this.#test, this);
  }

  get mock() {
    const { MockTracker } = require('internal/test/mock');
    return this.#test.mockTracker ??= new MockTracker();
  }

  runOnly() {}

  skip(message) {
    this.#test.skipped = true;
    this.#test.skip = message ?? true;
  }

  todo(message) {
    this.#test.todo = message ?? true;
  }

  test(...args) {
    this.#test.counted++;
    return define('test', this.#test, args);
  }

  before(fn, options) { addHook(this.#test, 'before', fn, options); }
  after(fn, options) { addHook(this.#test, 'after', fn, options); }
  beforeEach(fn, options) { addHook(this.#test, 'beforeEach', fn, options); }
  afterEach(fn, options) { addHook(this.#test, 'afterEach', fn, options); }

  // Asks again and again until the condition does not throw.
  async waitFor(condition, options = {}) {
    validateFunction(condition, 'condition');
    validateObject(options, 'options');
    const { interval = 50, timeout = 1000 } = options;
    validateNumber(interval, 'options.interval');
    validateNumber(timeout, 'options.timeout');
    const end = Date.now() + timeout;
    for (;;) {
      try {
        return await condition();
      } catch (cause) {
        if (Date.now() >= end) throw new Error('waitFor() timed out', { cause });
      }
      await new Promise((resolve) => setTimeout(resolve, interval));
    }
  }
}

class SuiteContext extends Context {}

module.exports = { TestContext, SuiteContext, register };
