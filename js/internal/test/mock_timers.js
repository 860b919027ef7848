'use strict';

// Timers and dates that go on when a test says so.

const { coded, invalidArgValue, outOfRange } = require('internal/errors');
const { validateNumber, validateObject } = require('internal/validate');

const APIS = ['setTimeout', 'setInterval', 'setImmediate', 'Date', 'scheduler.wait', 'AbortSignal.timeout'];
const SUPPORTED = ['setTimeout', 'setInterval', 'setImmediate', 'Date'];

function disabled() {
  return coded('ERR_INVALID_STATE', 'Invalid state: You should enable MockTimers first by calling the .enable function');
}

class Timer {
  constructor(id, callback, args, at, period) {
    Object.assign(this, { id, callback, args, at, period });
  }

  ref() { return this; }
  unref() { return this; }
  hasRef() { return true; }
  [Symbol.toPrimitive]() { return this.id; }
}

class MockTimers {
  #enabled = false;
  #now = 0;
  #nextId = 1;
  #waiting = new Map();
  #undo = [];

  enable(options = {}) {
    validateObject(options, 'options');
    if (this.#enabled) throw coded('ERR_INVALID_STATE', 'Invalid state: MockTimers is already enabled!');
    const { apis = SUPPORTED, now = 0 } = options;
    for (const api of apis) {
      if (!APIS.includes(api)) throw invalidArgValue('options.apis', api, `option ${api} is not supported`);
      if (!SUPPORTED.includes(api)) {
        throw coded('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', `mocking ${api} is not available in this version of rjs`);
      }
    }
    const start = now instanceof Date ? now.getTime() : now;
    validateNumber(start, 'initialTime');
    if (start < 0) throw outOfRange('options.now', '>= 0', start);
    this.#enabled = true;
    this.#now = start;
    for (const api of apis) this.#replace(api);
  }

  #replace(api) {
    if (api === 'Date') return this.#put(globalThis, 'Date', this.#dateClass());
    const repeats = api === 'setInterval';
    const set = api === 'setImmediate' ?
      (callback, ...args) => this.#add(callback, args, -1) :
      (callback, delay, ...args) => this.#add(callback, args, delay, repeats);
    const clear = (timer) => { this.#waiting.delete(Number(timer?.id ?? timer)); };
    const clearName = api.replace('set', 'clear');
    const timers = require('timers');
    const promises = require('timers/promises');
    for (const holder of [globalThis, timers]) {
      this.#put(holder, api, set);
      this.#put(holder, clearName, clear);
    }
    if (api === 'setTimeout') {
      this.#put(promises, api, (delay, value) => new Promise((resolve) => this.#add(resolve, [value], delay)));
    } else if (api === 'setImmediate') {
      this.#put(promises, api, (value) => new Promise((resolve) => this.#add(resolve, [value], -1)));
    }
  }

  #put(holder, name, value) {
    const own = Object.getOwnPropertyDescriptor(holder, name);
    Object.defineProperty(holder, name, plain(own, value));
    this.#undo.push(() => Object.defineProperty(holder, name, own));
  }

  #dateClass() {
    const Original = Date;
    const timers = this;
    function MockDate(...args) {
      if (new.target === undefined) return new Original(timers.#now).toString();
      const target = new.target === MockDate ? Original : new.target;
      return Reflect.construct(Original, args.length === 0 ? [timers.#now] : args, target);
    }
    Object.defineProperties(MockDate, Object.getOwnPropertyDescriptors(Original));
    MockDate.now = () => this.#now;
    MockDate.isMock = true;
    return MockDate;
  }

  #add(callback, args, delay = 1, repeats = false) {
    const wait = delay === -1 ? -1 : Math.max(1, Math.trunc(Number(delay)) || 1);
    const timer = new Timer(this.#nextId++, callback, args, this.#now + wait, repeats ? wait : undefined);
    this.#waiting.set(timer.id, timer);
    return timer;
  }

  // The first timer that is due at this time.
  #due(now) {
    let first;
    for (const timer of this.#waiting.values()) {
      if (timer.at <= now && (first === undefined || timer.at < first.at)) first = timer;
    }
    return first;
  }

  tick(time = 1) {
    if (!this.#enabled) throw disabled();
    validateNumber(time, 'time');
    if (time < 0) throw outOfRange('time', '>= 0', time);
    this.#now += time;
    this.#run();
  }

  // Calls what is due, in the order of its times; to all of it, it is now.
  #run() {
    for (let timer = this.#due(this.#now); timer !== undefined; timer = this.#due(this.#now)) {
      if (timer.period === undefined) this.#waiting.delete(timer.id);
      else timer.at += timer.period;
      timer.callback(...timer.args);
    }
  }

  runAll() {
    if (!this.#enabled) throw disabled();
    const last = Math.max(this.#now, ...[...this.#waiting.values()].map((timer) => timer.at));
    this.tick(last - this.#now);
  }

  setTime(time = 0) {
    if (!this.#enabled) throw disabled();
    validateNumber(time, 'time');
    this.#now = time;
    this.#run();
  }

  reset() {
    if (!this.#enabled) return;
    this.#enabled = false;
    for (const undo of this.#undo.reverse()) undo();
    this.#undo = [];
    this.#waiting.clear();
  }

  [Symbol.dispose]() {
    this.reset();
  }
}

// A plain property in the place of another, enumerable as that one was.
function plain(own, value) {
  return { __proto__: null, value, writable: true, enumerable: own?.enumerable ?? true, configurable: true };
}

module.exports = { MockTimers };
