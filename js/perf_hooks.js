'use strict';

// performance, its entries, and observers of them. The clock is native.

const { coded, invalidArgType, invalidArgValue } = require('internal/errors');
const { validateFunction, validateNumber, validateObject, validateString } = require('internal/validate');
const { DOMException } = require('internal/dom_exception');
const { EventTarget } = require('internal/event_target');

const inspectSymbol = Symbol.for('nodejs.util.inspect.custom');
// Only who has this can make what programs must not make.
const INTERNAL = Symbol('internal');
const ENTRY_TYPES = Object.freeze(['function', 'http', 'mark', 'measure', 'net']);
const MILESTONES = new Set(['nodeStart', 'v8Start', 'environment', 'loopStart', 'loopExit', 'bootstrapComplete']);

function requireArgs(args, ...names) {
  if (args.length >= names.length) return;
  const quoted = names.map((name) => `"${name}"`).join(' and ');
  throw coded('ERR_MISSING_ARGS', `The ${quoted} argument${names.length > 1 ? 's' : ''} must be specified`);
}

function illegal(token) {
  if (token !== INTERNAL) throw coded('ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
}

function invalidThis(name) {
  return coded('ERR_INVALID_THIS', `Value of "this" must be of type ${name}`);
}

// util.inspect's text for an object of this class that shows these fields.
function inspectAs(object, fields, depth, options) {
  if (depth < 0) return object;
  const inner = { ...options, depth: options.depth == null ? null : options.depth - 1 };
  return `${object.constructor.name} ${require('util').inspect(fields, inner)}`;
}

function enumerable(prototype, ...names) {
  for (const name of names) Object.defineProperty(prototype, name, { enumerable: true });
}

// ---- entries

class PerformanceEntry {
  #fields;

  constructor(token, fields) {
    illegal(token);
    this.#fields = fields;
  }

  static #of(entry) {
    if (!(#fields in entry)) throw invalidThis('PerformanceEntry');
    return entry.#fields;
  }

  get name() { return PerformanceEntry.#of(this).name; }
  get entryType() { return PerformanceEntry.#of(this).entryType; }
  get startTime() { return PerformanceEntry.#of(this).startTime; }
  get duration() { return PerformanceEntry.#of(this).duration; }

  toJSON() {
    const { name, entryType, startTime, duration } = this;
    return { name, entryType, startTime, duration };
  }

  [inspectSymbol](depth, options) {
    return inspectAs(this, this.toJSON(), depth, options);
  }
}
enumerable(PerformanceEntry.prototype, 'name', 'entryType', 'startTime', 'duration', 'toJSON');

// An entry that says more about itself.
class DetailedEntry extends PerformanceEntry {
  #detail;

  constructor(token, fields, detail) {
    super(token, fields);
    this.#detail = detail;
  }

  get detail() { return this.#detail; }

  toJSON() { return { ...super.toJSON(), detail: this.detail }; }
}

class PerformanceMark extends DetailedEntry {
  constructor(name, options) {
    requireArgs(arguments, 'name');
    const text = `${name}`;
    if (MILESTONES.has(text)) throw invalidArgValue('name', text);
    if (options !== undefined && options !== null) validateObject(options, 'options');
    const startTime = options?.startTime ?? native.now();
    validateNumber(startTime, 'startTime');
    checkTime(startTime);
    super(INTERNAL, { name: text, entryType: 'mark', startTime, duration: 0 }, cloned(options?.detail));
  }
}

class PerformanceMeasure extends DetailedEntry {}

class PerformanceNodeEntry extends DetailedEntry {}

// Neither class adds a name of its own to what the entries inherit.
for (const Class of [PerformanceMark, PerformanceMeasure, PerformanceNodeEntry]) {
  const { get } = Object.getOwnPropertyDescriptor(DetailedEntry.prototype, 'detail');
  Object.defineProperty(Class.prototype, 'detail', { get, enumerable: true, configurable: true });
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
}

class PerformanceNodeTiming extends PerformanceEntry {
  constructor(token) {
    super(token, { name: 'node', entryType: 'node', startTime: 0 });
  }

  get duration() { return native.now(); }
  get loopStart() { return native.loopTime()?.[0] ?? -1; }
  get loopExit() { return native.loopTime()?.[3] ?? -1; }
  get idleTime() { return native.loopTime()?.[1] ?? 0; }

  toJSON() {
    const { loopStart, loopExit, idleTime } = this;
    return { ...super.toJSON(), loopStart, loopExit, idleTime };
  }
}
enumerable(PerformanceNodeTiming.prototype, 'duration', 'loopStart', 'loopExit', 'idleTime');

function checkTime(time) {
  if (time < 0) throw coded('ERR_PERFORMANCE_INVALID_TIMESTAMP', `${time} is not a valid timestamp`);
}

// What a mark remembers is a copy.
function cloned(detail) {
  if (detail === undefined || detail === null) return null;
  return typeof detail === 'object' || typeof detail === 'function' ? structuredClone(detail) : detail;
}

// ---- the timeline

const timeline = { mark: [], measure: [] };

function addEntry(entry) {
  timeline[entry.entryType]?.push(entry);
  for (const observer of observers) observer.offer(entry);
  return entry;
}

function byStart(entries) {
  return entries.sort((a, b) => a.startTime - b.startTime);
}

function allEntries() {
  return byStart([...timeline.mark, ...timeline.measure]);
}

function select(entries, name, type) {
  return entries.filter((entry) => (name === undefined || entry.name === name) &&
    (type === undefined || entry.entryType === type));
}

function clear(type, name) {
  timeline[type] = name === undefined ? [] : timeline[type].filter((entry) => entry.name !== `${name}`);
}

// The time of a mark, or a time as it is.
function timeOf(mark) {
  if (typeof mark === 'number') {
    checkTime(mark);
    return mark;
  }
  const name = `${mark}`;
  const found = timeline.mark.findLast((entry) => entry.name === name);
  if (found === undefined) throw new DOMException(`The "${name}" performance mark has not been set`, 'SyntaxError');
  return found.startTime;
}

function measured(startOrOptions, endMark) {
  const options = typeof startOrOptions === 'object' && startOrOptions !== null ? startOrOptions : undefined;
  const { start, end, duration } = options ?? { start: startOrOptions, end: endMark };
  if (options !== undefined) {
    if (endMark !== undefined) throw invalidOptions('endMark must not be specified');
    if (start !== undefined && end !== undefined && duration !== undefined) {
      throw invalidOptions('Must not have options.start, options.end, and options.duration specified');
    }
  }
  const length = duration === undefined ? undefined : timeOf(duration);
  let endTime;
  if (end !== undefined) endTime = timeOf(end);
  else if (start !== undefined && length !== undefined) endTime = timeOf(start) + length;
  else endTime = native.now();
  let startTime = 0;
  if (start !== undefined) startTime = timeOf(start);
  else if (length !== undefined) startTime = endTime - length;
  return { startTime, duration: endTime - startTime, detail: cloned(options?.detail) };
}

function invalidOptions(message) {
  return coded('ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS', message);
}

// ---- performance

class Performance extends EventTarget {
  #nodeTiming;

  constructor(token) {
    illegal(token);
    super();
    this.#nodeTiming = new PerformanceNodeTiming(INTERNAL);
  }

  static #check(performance) {
    if (performance === null || typeof performance !== 'object' || !(#nodeTiming in performance)) {
      throw invalidThis('Performance');
    }
  }

  clearMarks(name) {
    Performance.#check(this);
    clear('mark', name);
  }

  clearMeasures(name) {
    Performance.#check(this);
    clear('measure', name);
  }

  getEntries() {
    Performance.#check(this);
    return allEntries();
  }

  getEntriesByName(name, type = undefined) {
    Performance.#check(this);
    requireArgs(arguments, 'name');
    return select(allEntries(), `${name}`, type === undefined ? undefined : `${type}`);
  }

  getEntriesByType(type) {
    Performance.#check(this);
    requireArgs(arguments, 'type');
    return select(allEntries(), undefined, `${type}`);
  }

  mark(name, options = undefined) {
    Performance.#check(this);
    requireArgs(arguments, 'name');
    return addEntry(new PerformanceMark(name, options));
  }

  measure(name, startOrOptions = undefined, endMark = undefined) {
    Performance.#check(this);
    requireArgs(arguments, 'name');
    validateString(name, 'name');
    const { startTime, duration, detail } = measured(startOrOptions, endMark);
    return addEntry(new PerformanceMeasure(INTERNAL, { name, entryType: 'measure', startTime, duration }, detail));
  }

  now() {
    Performance.#check(this);
    return native.now();
  }

  get timeOrigin() {
    Performance.#check(this);
    return native.timeOrigin;
  }

  toJSON() {
    Performance.#check(this);
    return { nodeTiming: this.nodeTiming, timeOrigin: this.timeOrigin };
  }

  get nodeTiming() { return this.#nodeTiming; }

  [inspectSymbol](depth, options) {
    const { nodeTiming, timeOrigin } = this;
    return inspectAs(this, { nodeTiming, timeOrigin }, depth, options);
  }

  get [Symbol.toStringTag]() { return 'Performance'; }
}
for (const method of [timerify, eventLoopUtilization]) {
  Object.defineProperty(Performance.prototype, method.name, { value: method, writable: true, configurable: true });
}
enumerable(Performance.prototype, 'clearMarks', 'clearMeasures', 'getEntries', 'getEntriesByName',
  'getEntriesByType', 'mark', 'measure', 'now', 'timeOrigin', 'toJSON');

function eventLoopUtilization(utilization1, utilization2) {
  return require('internal/loop_utilization').utilization(utilization1, utilization2, native.loopTime());
}

function timerify(fn, options = {}) {
  validateFunction(fn, 'fn');
  validateObject(options, 'options');
  const { histogram } = options;
  if (histogram !== undefined && typeof histogram?.record !== 'function') {
    throw invalidArgType('options.histogram', 'an instance of RecordableHistogram', histogram);
  }
  function timerified(...args) {
    const startTime = native.now();
    const finish = () => {
      const duration = native.now() - startTime;
      histogram?.record(Math.max(Math.ceil(duration * 1e6), 1));
      const fields = { name: fn.name, entryType: 'function', startTime, duration };
      const entry = new PerformanceNodeEntry(INTERNAL, fields, args);
      for (let index = 0; index < args.length; index++) entry[index] = args[index];
      addEntry(entry);
    };
    const result = new.target ? Reflect.construct(fn, args, fn) : Reflect.apply(fn, this, args);
    if (!new.target && typeof result?.finally === 'function') return result.finally(finish);
    finish();
    return result;
  }
  Object.defineProperty(timerified, 'name', { value: `timerified ${fn.name}`, configurable: true });
  Object.defineProperty(timerified, 'length', { value: fn.length, configurable: true });
  return timerified;
}

// ---- observers

const observers = new Set();
let delivery = null;

class PerformanceObserverEntryList {
  #entries;

  constructor(token, entries) {
    illegal(token);
    this.#entries = byStart(entries);
  }

  getEntries() { return this.#entries.slice(); }

  getEntriesByType(type) {
    requireArgs(arguments, 'type');
    return select(this.#entries, undefined, `${type}`);
  }

  getEntriesByName(name, type = undefined) {
    requireArgs(arguments, 'name');
    return select(this.#entries, `${name}`, type === undefined ? undefined : `${type}`);
  }

  [inspectSymbol](depth, options) { return inspectAs(this, this.#entries, depth, options); }
}

// What an observer waits for, and what has come.
class Observation {
  types = new Set();
  single = null;
  buffer = [];

  constructor(observer, callback) {
    this.observer = observer;
    this.callback = callback;
  }

  offer(entry) {
    if (!this.types.has(entry.entryType)) return;
    this.buffer.push(entry);
    delivery ??= setImmediate(deliver);
  }

  deliver() {
    if (this.buffer.length === 0) return;
    const list = new PerformanceObserverEntryList(INTERNAL, this.buffer);
    this.buffer = [];
    Reflect.apply(this.callback, this.observer, [list, this.observer]);
  }
}

// Lets connections and requests be timed while somebody observes them.
function watchNet() {
  const isObserved = (type) => [...observers].some(({ types }) => types.has(type));
  const [net, http] = [isObserved('net'), isObserved('http')];
  const { loaded } = require('internal/builtins');
  if (!net && !http && !loaded('internal/performance')) return;
  const performance = require('internal/performance');
  performance.net = net ? { now: native.now, connected } : null;
  performance.http = http ? { now: native.now, answered } : null;
}

function connected(startTime, detail) {
  tell('connect', 'net', startTime, detail);
}

function answered(name, startTime, detail) {
  tell(name, 'http', startTime, detail);
}

function tell(name, entryType, startTime, detail) {
  const fields = { name, entryType, startTime, duration: native.now() - startTime };
  addEntry(new PerformanceNodeEntry(INTERNAL, fields, detail));
}

function deliver() {
  delivery = null;
  for (const observer of [...observers]) observer.deliver();
}

class PerformanceObserver {
  #observation;

  constructor(callback) {
    validateFunction(callback, 'callback');
    this.#observation = new Observation(this, callback);
  }

  observe(options = {}) {
    validateObject(options, 'options');
    const { entryTypes, type, buffered } = options;
    if (entryTypes === undefined && type === undefined) {
      requireArgs([], 'options.entryTypes', 'options.type');
    }
    if (entryTypes != null && type != null) {
      throw invalidArgValue('options.entryTypes', entryTypes, 'options.entryTypes can not set with options.type together');
    }
    const observation = this.#observation;
    const mode = entryTypes === undefined ? 'one type' : 'list';
    if (observation.single !== null && observation.single !== mode) {
      throw coded('ERR_INVALID_STATE', 'Invalid state: PerformanceObserver can not change how it observes');
    }
    observation.single = mode;
    if (mode === 'list') {
      if (!Array.isArray(entryTypes)) throw invalidArgType('options.entryTypes', 'string[]', entryTypes);
      observation.types = new Set(entryTypes.filter((name) => ENTRY_TYPES.includes(name)));
    } else {
      validateString(type, 'options.type');
      if (!ENTRY_TYPES.includes(type)) return;
      observation.types.add(type);
      if (buffered) for (const entry of timeline[type] ?? []) observation.offer(entry);
    }
    if (observation.types.size > 0) observers.add(observation);
    else this.disconnect();
    watchNet();
  }

  disconnect() {
    observers.delete(this.#observation);
    this.#observation.types.clear();
    this.#observation.buffer = [];
    this.#observation.single = null;
    watchNet();
  }

  takeRecords() {
    const { buffer } = this.#observation;
    this.#observation.buffer = [];
    return buffer;
  }

  static get supportedEntryTypes() { return ENTRY_TYPES; }

  [inspectSymbol](depth, options) {
    const { types, buffer } = this.#observation;
    const connected = observers.has(this.#observation);
    const fields = { connected, pending: buffer.length > 0, entryTypes: [...types], buffer };
    return inspectAs(this, fields, depth, options);
  }
}
enumerable(PerformanceObserver.prototype, 'observe', 'disconnect', 'takeRecords');
enumerable(PerformanceObserverEntryList.prototype, 'getEntries', 'getEntriesByType', 'getEntriesByName');

// Histograms are rare, and loaded when the first is made.
function createHistogram(options) {
  return require('internal/histogram').createHistogram(options);
}

function monitorEventLoopDelay(options) {
  return require('internal/histogram').monitorEventLoopDelay(options);
}

module.exports = {
  Performance,
  PerformanceEntry,
  PerformanceMark,
  PerformanceMeasure,
  PerformanceObserver,
  PerformanceObserverEntryList,
  createHistogram,
  eventLoopUtilization,
  monitorEventLoopDelay,
  timerify,
  performance: new Performance(INTERNAL),
};
