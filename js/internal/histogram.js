'use strict';

// Histograms with a fixed number of significant figures (Gil Tene's HDR histogram, as its documentation describes
// it): values are counted in buckets whose width doubles, each of them cut into as many parts.

const { coded, invalidArgType, outOfRange } = require('internal/errors');
const { validateInteger, validateNumber, validateObject } = require('internal/validate');

const inspectSymbol = Symbol.for('nodejs.util.inspect.custom');
// Only who has this makes histograms.
const MADE = Symbol('made');
const NONE = 0x7FFFFFFFFFFFFFFFn;

// How many bits an integer has.
function bits(value) {
  return value < 2 ** 32 ? 32 - Math.clz32(value) : 64 - Math.clz32(value / 2 ** 32);
}

class Counts {
  #unit;
  #parts;
  #mask;
  #limit;
  // Index -> how often.
  #counts = new Map();
  count = 0;
  exceeds = 0;
  #min = Infinity;
  #max = 0;

  constructor(lowest, highest, figures) {
    this.#unit = bits(lowest) - 1;
    this.#parts = 2 ** Math.max(Math.ceil(Math.log2(2 * 10 ** figures)), 1);
    this.#mask = bits((this.#parts - 1) * 2 ** this.#unit);
    let buckets = 1;
    for (let end = this.#parts * 2 ** this.#unit; end <= highest; end *= 2) buckets++;
    this.#limit = (buckets + 1) * (this.#parts / 2);
  }

  // The width of a value's part, and the lowest value in it.
  #width(value) {
    return 2 ** (Math.max(bits(value), this.#mask) - bits(this.#parts - 1));
  }

  #lowest(value) {
    const width = this.#width(value);
    return Math.floor(value / width) * width;
  }

  #highest(value) {
    return this.#lowest(value) + this.#width(value) - 1;
  }

  // Counts at the lowest value of their part, in order.
  #sorted() {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }

  record(value, times = 1) {
    const bucket = Math.log2(this.#width(value)) - this.#unit;
    const index = (bucket + 1) * (this.#parts / 2) + Math.floor(value / this.#width(value)) - this.#parts / 2;
    if (index >= this.#limit) return false;
    const lowest = this.#lowest(value);
    this.#counts.set(lowest, (this.#counts.get(lowest) ?? 0) + times);
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    return true;
  }

  add(other) {
    for (const [value, times] of other.#counts) this.record(value, times);
    this.count += other.count;
    this.exceeds += other.exceeds;
  }

  get min() {
    return this.#min === Infinity ? NONE : BigInt(this.#lowest(this.#min));
  }

  get max() {
    return BigInt(this.#counts.size === 0 ? 0 : this.#highest(this.#max));
  }

  // Of the values in the middle of their parts.
  #total(term) {
    let [sum, total] = [0, 0];
    for (const [value, times] of this.#counts) {
      sum += term(value + Math.floor(this.#width(value) / 2)) * times;
      total += times;
    }
    return sum / total;
  }

  get mean() {
    return this.#total((value) => value);
  }

  get stddev() {
    const { mean } = this;
    return Math.sqrt(this.#total((value) => (value - mean) ** 2));
  }

  #recorded() {
    let total = 0;
    for (const times of this.#counts.values()) total += times;
    return total;
  }

  percentile(percentile) {
    const wanted = Math.max(Math.floor(percentile / 100 * this.#recorded() + 0.5), 1);
    let seen = 0;
    for (const [value, times] of this.#sorted()) {
      seen += times;
      if (seen >= wanted) return BigInt(this.#highest(value));
    }
    return 0n;
  }

  // Percentiles, the distance to the last halved each time, with their values.
  percentiles() {
    const total = this.#recorded();
    const found = [];
    let [seen, next, last] = [0, 0, 0];
    for (const [value, times] of this.#sorted()) {
      seen += times;
      last = value;
      while (seen < total && next <= 100 * seen / total) {
        found.push([next, BigInt(value)]);
        next += 100 / 2 ** (Math.floor(Math.log2(100 / (100 - next))) + 1);
      }
      if (seen === total && next < 100 && next <= 100) found.push([next, BigInt(value)]);
    }
    found.push([100, BigInt(last)]);
    return found;
  }

  reset() {
    this.#counts.clear();
    this.count = this.exceeds = 0;
    this.#min = Infinity;
    this.#max = 0;
  }
}

const invalidThis = (name) => coded('ERR_INVALID_THIS', `Value of "this" must be of type ${name}`);

function validatePercentile(value) {
  validateNumber(value, 'percentile');
  if (!(value > 0 && value <= 100)) throw outOfRange('percentile', '> 0 && <= 100', value);
}

class Histogram {
  #counts;
  #map = new Map();

  constructor(token, counts) {
    if (token !== MADE) throw coded('ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
    this.#counts = counts;
  }

  static of(histogram, name = 'Histogram') {
    if (!(#counts in Object(histogram))) throw invalidThis(name);
    return histogram.#counts;
  }

  get count() { return Histogram.of(this).count; }
  get countBigInt() { return BigInt(Histogram.of(this).count); }
  get min() { return Number(Histogram.of(this).min); }
  get minBigInt() { return Histogram.of(this).min; }
  get max() { return Number(Histogram.of(this).max); }
  get maxBigInt() { return Histogram.of(this).max; }
  get mean() { return Histogram.of(this).mean; }
  get exceeds() { return Histogram.of(this).exceeds; }
  get exceedsBigInt() { return BigInt(Histogram.of(this).exceeds); }
  get stddev() { return Histogram.of(this).stddev; }

  percentile(percentile) {
    return Number(this.percentileBigInt(percentile));
  }

  percentileBigInt(percentile) {
    const counts = Histogram.of(this);
    validatePercentile(percentile);
    return counts.percentile(percentile);
  }

  #filled(convert) {
    this.#map.clear();
    for (const [percentile, value] of Histogram.of(this).percentiles()) this.#map.set(percentile, convert(value));
    return this.#map;
  }

  get percentiles() {
    Histogram.of(this);
    return this.#filled(Number);
  }

  get percentilesBigInt() {
    Histogram.of(this);
    return this.#filled((value) => value);
  }

  reset() {
    Histogram.of(this).reset();
  }

  toJSON() {
    const shown = summary(this, ['count', 'min', 'max', 'mean', 'exceeds', 'stddev']);
    shown.percentiles = Object.fromEntries(this.percentiles);
    return shown;
  }

  [inspectSymbol](depth, options) {
    const names = ['min', 'max', 'mean', 'exceeds', 'stddev', 'count', 'percentiles'];
    const left = options.depth ?? null;
    return depth < 0 ? this : `Histogram ${
      require('util').inspect(summary(this, names), { ...options, depth: left === null ? null : left - 1 })}`;
  }
}

function summary(histogram, names) {
  return Object.fromEntries(names.map((name) => [name, histogram[name]]));
}

function put(counts, value) {
  if (counts.record(value)) counts.count++;
  else counts.exceeds++;
}

class RecordableHistogram extends Histogram {
  #before;

  record(val) {
    const counts = Histogram.of(this, 'RecordableHistogram');
    if (typeof val !== 'bigint') validateInteger(val, 'val', 1);
    // What no 64-bit integer with a sign holds, or is none to count.
    else if (val < 1n || val > NONE) throw coded('ERR_OUT_OF_RANGE', 'value is out of range');
    put(counts, Number(val));
  }

  recordDelta() {
    const counts = Histogram.of(this, 'RecordableHistogram');
    const now = process.hrtime.bigint();
    const delta = Number(now - (this.#before ?? now));
    this.#before = now;
    if (delta > 0) put(counts, delta);
  }

  add(other) {
    const counts = Histogram.of(this, 'RecordableHistogram');
    if (!(other instanceof RecordableHistogram)) {
      throw invalidArgType('other', 'an instance of RecordableHistogram', other);
    }
    counts.add(Histogram.of(other));
  }
}

// How late a timer is, again and again: in nanoseconds from one time to the next.
class ELDHistogram extends Histogram {
  #resolution;
  #timer;

  constructor(token, counts, resolution) {
    super(token, counts);
    this.#resolution = resolution;
  }

  enable() {
    const counts = Histogram.of(this, 'ELDHistogram');
    if (this.#timer !== undefined) return false;
    let before = process.hrtime.bigint();
    this.#timer = setInterval(() => {
      const now = process.hrtime.bigint();
      put(counts, Number(now - before));
      before = now;
    }, this.#resolution);
    this.#timer.unref();
    return true;
  }

  disable() {
    Histogram.of(this, 'ELDHistogram');
    if (this.#timer === undefined) return false;
    clearInterval(this.#timer);
    this.#timer = undefined;
    return true;
  }

  [Symbol.dispose]() { this.disable(); }
}

function createHistogram(options = {}) {
  validateObject(options, 'options');
  const { lowest = 1, highest = Number.MAX_SAFE_INTEGER, figures = 3 } = options;
  if (typeof lowest !== 'bigint') validateInteger(lowest, 'options.lowest', 1, Number.MAX_SAFE_INTEGER);
  if (typeof highest !== 'bigint') validateInteger(highest, 'options.highest', 2 * Number(lowest), Number.MAX_SAFE_INTEGER);
  validateInteger(figures, 'options.figures', 1, 5);
  return new RecordableHistogram(MADE, new Counts(Number(lowest), Number(highest), figures));
}

function monitorEventLoopDelay(options = {}) {
  validateObject(options, 'options');
  const { resolution = 10 } = options;
  validateInteger(resolution, 'options.resolution', 1);
  return new ELDHistogram(MADE, new Counts(1, 3.6e12, 3), resolution);
}

module.exports = { createHistogram, monitorEventLoopDelay };
