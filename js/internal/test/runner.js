'use strict';

// node:test: what a test is, and when it runs.

const process = require('process');
const { AsyncLocalStorage } = require('async_hooks');
const { performance } = require('perf_hooks');
const { invalidArgType, outOfRange, AbortError } = require('internal/errors');
const { validateAbortSignal, validateNumber, validateFunction, validateObject } = require('internal/validate');
const { Reporter } = require('internal/test/reporter');

const current = new AsyncLocalStorage();

// A test's failure that is not the error of its own code.
class Failure extends Error {
  constructor(message, kind, options) {
    super(message, options);
    this.code = 'ERR_TEST_FAILURE';
    this.failureType = kind;
  }
}

function deferred() {
  const made = Promise.withResolvers();
  made.promise.catch(() => {});
  return made;
}

// Runs a function as tests and hooks are run: with a callback if it takes two arguments.
function call(fn, context) {
  if (fn.length <= 1) return fn.call(context, context);
  const { promise, resolve, reject } = deferred();
  let calls = 0;
  const done = (error) => {
    if (++calls > 1) reject(new Failure('callback invoked multiple times', 'multipleCallbackInvocations'));
    else if (error) reject(error);
    else resolve();
  };
  const returned = fn.call(context, context, done);
  if (typeof returned?.then === 'function') {
    reject(new Failure('passed a callback but also returned a Promise', 'callbackAndPromisePresent'));
  }
  return promise;
}

class Test {
  hooks = { before: [], after: [], beforeEach: [], afterEach: [] };
  children = [];
  // Of the children, how many were started and how many of them run.
  started = 0;
  active = 0;
  isOpen = false;
  finished = false;
  // How far the reporter has come.
  printed = 0;
  headed = false;
  error = null;
  cancelled = false;
  skipped = false;
  planned = undefined;
  counted = 0;
  messages = [];
  mockTracker = undefined;
  duration = 0;
  #idle;
  #beforeDone;
  #end = deferred();
  #stop = deferred();

  constructor(parent, kind, name, options, fn) {
    this.parent = parent;
    this.kind = kind;
    this.name = name;
    this.fn = fn;
    this.options = options;
    this.timeout = options.timeout ?? parent?.timeout ?? Infinity;
    this.concurrency = limitOf(options.concurrency, parent?.kind === 'suite' ? parent.concurrency : 1);
    this.skip = options.skip;
    this.todo = options.todo ?? (parent?.todo ? parent.todo : undefined);
    if (parent?.skip) this.skip ??= parent.skip;
    this.controller = new AbortController();
    // Where it was written, for the report of a failure; the text is made only then.
    this.origin = new Error();
  }

  get fullName() {
    return this.parent?.parent ? `${this.parent.fullName} > ${this.name}` : this.name;
  }

  get passed() {
    return this.finished && this.error === null;
  }

  add(child) {
    this.children.push(child);
    if (this.finished) {
      child.cancel(new Failure('test could not be started because its parent finished', 'parentAlreadyFinished'));
    } else {
      this.pump();
    }
    return this.kind === 'suite' ? Promise.resolve() : child.#end.promise;
  }

  // Starts as many of the waiting children as may run at once.
  pump() {
    while (this.isOpen && this.active < this.concurrency && this.started < this.children.length) {
      const child = this.children[this.started++];
      if (child.finished) continue;
      this.active++;
      current.run(child, () => child.run()).then(() => {
        this.active--;
        this.pump();
        if (this.isIdle) this.#idle?.resolve();
      });
    }
    root.reporter.flush();
  }

  get isIdle() {
    return this.active === 0 && this.started === this.children.length;
  }

  async settled() {
    while (!this.isIdle) {
      this.#idle = deferred();
      await this.#idle.promise;
    }
  }

  // The hooks that run once, before the first child.
  async prepare() {
    await this.parent?.prepare();
    this.#beforeDone ??= this.runHooks('before');
    await this.#beforeDone;
  }

  async runHooks(kind, context = this.context) {
    for (const hook of this.hooks[kind]) {
      try {
        const limit = hook.options.timeout ?? Infinity;
        await within(limit, 'hook', () => call(hook.fn, context));
      } catch (error) {
        throw new Failure(`failed running ${kind} hook`, 'hookFailed', { cause: error });
      }
    }
  }

  async runEach(kind) {
    const chain = [];
    for (let test = this.parent; test; test = test.parent) {
      if (kind === 'beforeEach') chain.unshift(test);
      else chain.push(test);
    }
    for (const test of chain) await test.runHooks(kind, this.context);
  }

  async run() {
    const start = performance.now();
    try {
      if (this.skip) {
        this.skipped = true;
      } else {
        await this.parent.prepare();
        await Promise.race([within(this.timeout, 'test', () => this.work(), this), this.#stop.promise]);
      }
    } catch (error) {
      this.fail(error);
    }
    this.duration = performance.now() - start;
    this.finish();
  }

  async work() {
    if (this.options.signal?.aborted) throw abortedBy(this.options.signal);
    this.options.signal?.addEventListener('abort', () => this.cancel(abortedBy(this.options.signal)), { once: true });
    if (this.kind === 'suite') return this.workAsSuite();
    let failure;
    try {
      await this.runEach('beforeEach');
      this.isOpen = true;
      await call(this.fn, this.context);
      await this.checkPlan();
      this.cancelChildren();
      this.checkChildren();
    } catch (error) {
      failure = { error };
    }
    for (const hooks of [() => this.runEach('afterEach'), () => this.runHooks('after')]) {
      try {
        await hooks();
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure !== undefined) throw failure.error;
  }

  async workAsSuite() {
    await this.body;
    let failure;
    try {
      await this.prepare();
    } catch (error) {
      failure = { error };
      for (const child of this.children) child.fail(error);
    }
    this.isOpen = true;
    this.pump();
    await this.settled();
    try {
      await this.runHooks('after');
      if (failure === undefined) this.checkChildren();
    } catch (error) {
      failure ??= { error };
    }
    if (failure !== undefined) throw failure.error;
  }

  checkChildren() {
    const failed = this.children.filter((child) => child.hasFailed).length;
    if (failed > 0) throw new Failure(`${failed} subtest${failed > 1 ? 's' : ''} failed`, 'subtestsFailed');
  }

  async checkPlan() {
    if (this.planned === undefined) return;
    const { count, wait } = this.planned;
    const message = () => `plan expected ${count} assertions but received ${this.counted}`;
    if (wait && this.counted < count) {
      const until = wait === true ? Infinity : performance.now() + wait;
      while (this.counted < count && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    if (this.counted !== count) throw new Failure(message(), 'testCodeFailure');
  }

  get hasFailed() {
    return this.error !== null && !this.todo;
  }

  fail(error) {
    if (this.error !== null) return;
    this.error = error ?? new Failure(`${error}`, 'testCodeFailure');
    if (error?.failureType === 'cancelledByParent' || error?.failureType === 'testTimeoutFailure' ||
        error?.failureType === 'testAborted') {
      this.cancelled = true;
    }
  }

  // Ends a test that runs or waits.
  cancel(error) {
    if (this.finished) return;
    this.#stop.reject(error);
    if (this.parent.started <= this.parent.children.indexOf(this)) {
      this.fail(error);
      this.finish();
    }
  }

  cancelChildren() {
    this.started = this.children.length;
    for (const child of this.children) {
      if (child.finished) continue;
      child.fail(new Failure('test did not finish before its parent and was cancelled', 'cancelledByParent'));
      child.finish();
    }
  }

  finish() {
    if (this.finished) return;
    this.finished = true;
    this.cancelChildren();
    expectFailure(this);
    this.mockTracker?.reset();
    this.controller.abort();
    root.count(this);
    this.#end.resolve();
    root.reporter.flush();
  }
}

function expectFailure(test) {
  if (!test.options.expectFailure || test.skipped) return;
  if (test.error === null) {
    test.error = new Failure('test was expected to fail but passed', 'expectedFailure');
  } else {
    test.error = null;
    test.failedAsExpected = true;
  }
}

function abortedBy(signal) {
  const reason = signal.reason ?? new AbortError();
  return new Failure('The test was aborted', 'testAborted', { cause: reason });
}

function limitOf(concurrency, inherited) {
  if (concurrency === true) return Infinity;
  if (concurrency === false) return 1;
  return concurrency ?? inherited;
}

// Runs work that has so many milliseconds.
async function within(limit, what, work) {
  if (limit === Infinity) return work();
  const { promise, reject } = deferred();
  const timer = setTimeout(() => {
    reject(new Failure(`${what} timed out after ${limit}ms`, 'testTimeoutFailure'));
  }, limit);
  try {
    return await Promise.race([work(), promise]);
  } finally {
    clearTimeout(timer);
  }
}

// The test that all others are in.
class Root extends Test {
  counts = { tests: 0, suites: 0, pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0 };
  startTime = performance.now();
  #isStarted = false;
  #isOver = false;

  constructor() {
    super(undefined, 'root', '', {}, undefined);
    this.context = {};
    this.reporter = new Reporter(this);
  }

  start() {
    if (this.#isStarted) return;
    this.#isStarted = true;
    // The main module defines its tests first.
    queueMicrotask(() => {
      this.isOpen = true;
      this.pump();
    });
    process.on('beforeExit', () => this.complete('the event loop has already resolved'));
    process.on('exit', () => this.complete('the process exited'));
    process.on('uncaughtException', (error) => this.attribute(error, 'uncaughtException'));
    process.on('unhandledRejection', (error) => this.attribute(error, 'unhandledRejection'));
  }

  // An error that nobody caught belongs to the test that it came from.
  attribute(error, kind) {
    const test = current.getStore();
    if (test !== undefined && !test.finished) {
      test.fail(error);
      test.cancel(error);
      return;
    }
    if (test === undefined) throw error;
    this.messages.push(`Error: Test "${test.name}" generated asynchronous activity after the test ended. ` +
      `This activity created the error "${error}" and would have caused the test to fail, but instead ` +
      `triggered an ${kind} event.`);
    process.exitCode = 1;
  }

  count(test) {
    const { counts } = this;
    if (test.kind === 'suite') {
      counts.suites++;
      if (test.hasFailed) process.exitCode = 1;
      return;
    }
    counts.tests++;
    if (test.skipped) counts.skipped++;
    else if (test.todo) counts.todo++;
    else if (test.cancelled) counts.cancelled++;
    else if (test.error === null) counts.pass++;
    else counts.fail++;
    if (test.hasFailed) process.exitCode = 1;
  }

  // Nothing will happen any more: what still waits never ends.
  async complete(why) {
    if (this.#isOver) return;
    if (!this.isIdle) {
      const error = () => new Failure(`Promise resolution is still pending but ${why}`, 'cancelledByParent');
      abandon(this, error);
    }
    if (this.#isOver) return;
    this.#isOver = true;
    this.finished = true;
    this.reporter.flush();
    const summary = () => this.reporter.summarize();
    if (this.hooks.after.length === 0) return summary();
    try {
      await this.runHooks('after');
    } catch (error) {
      process.exitCode = 1;
      this.messages.push(String(error.cause ?? error));
    }
    summary();
  }
}

function abandon(test, error) {
  for (const child of test.children) {
    if (child.finished) continue;
    abandon(child, error);
    child.fail(error());
    child.finish();
  }
}

const root = new Root();

const isObject = (value) => value !== null && typeof value === 'object';

// Name, options and function: each may be left out, their kinds tell which.
function decode(first, second, third) {
  const options = isObject(first) ? first : isObject(second) ? second : {};
  let fn = third;
  if (typeof first === 'function') fn = first;
  else if (options === first || typeof second === 'function') fn = second;
  const { concurrency, timeout, signal } = options;
  if (timeout != null && timeout !== Infinity) {
    validateNumber(timeout, 'options.timeout');
    if (!(timeout >= 0 && timeout <= 2147483647)) {
      throw outOfRange('options.timeout', '>= 0 && <= 2147483647', timeout);
    }
  }
  if (concurrency != null && typeof concurrency !== 'boolean' && typeof concurrency !== 'number') {
    throw invalidArgType('options.concurrency', 'one of type boolean or number', concurrency);
  }
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
  const name = (typeof first === 'string' && first) || fn?.name || '<anonymous>';
  return { name, options, fn };
}

// Makes a test and hands it to its parent.
function define(kind, parent, given, extra) {
  const { name, options, fn } = decode(...given);
  const test = new Test(parent, kind, name, { ...options, ...extra }, fn ?? (() => {}));
  if (kind === 'suite') return defineSuite(test);
  test.context = new (require('internal/test/context').TestContext)(test);
  root.start();
  return parent.add(test);
}

// The function of a suite runs at once, and defines what is in it.
function defineSuite(test) {
  test.context = new (require('internal/test/context').SuiteContext)(test);
  root.start();
  test.parent.add(test);
  if (!test.skip) {
    // What it throws fails the suite, when its turn comes.
    test.body = (async () => current.run(test, () => test.fn.call(test.context, test.context)))();
    test.body.catch(() => {});
  }
  return Promise.resolve();
}

// Where a definition belongs: the suite that is being defined, the test that runs, or the root.
function parentOf() {
  return current.getStore() ?? root;
}

function addHook(test, kind, fn, options = {}) {
  validateFunction(fn, 'fn');
  validateObject(options, 'options');
  test.hooks[kind].push({ fn, options });
  root.start();
}

module.exports = { Failure, Test, root, current, define, parentOf, addHook };
