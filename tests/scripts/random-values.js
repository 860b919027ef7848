'use strict';

// random-values.js <other program> [count]: two programs make the same random values of a seed. Each
// sends its own to the other, which compares what came with what it made itself.

const { fork } = require('child_process');
const v8 = require('v8');

const BATCH = 100;

// A generator of small integers that is the same everywhere.
function random(seed) {
  let state = seed;
  return (limit) => {
    state = (state + 0x6D2B79F5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}

const TEXTS = ['', 'a', 'cmd', 'NODE_', 'é', '世界', 'x世', '\u{1f600}', '\ud800', 'long '.repeat(50), '0', '-1', '__proto__'];
const NUMBERS = [0, -0, 1, -1, 63, 64, 2 ** 30, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 1.5, NaN, Infinity, -Infinity, 5e-324, 2 ** 53];
const VIEWS = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array];
const ERRORS = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];
const PATTERNS = [/a/, /b\/c/gi, /世/u, /x(?<y>z)/msy, /[\d]/v, /q/d];

function value(pick, depth, known) {
  const inner = () => value(pick, depth + 1, known);
  const few = () => (depth > 3 ? 0 : pick(5));
  const keep = (object) => { known.push(object); return object; };
  const text = () => TEXTS[pick(TEXTS.length)];
  switch (pick(depth > 4 ? 8 : 22)) {
    case 0: return undefined;
    case 1: return null;
    case 2: return pick(2) === 1;
    case 3: return NUMBERS[pick(NUMBERS.length)];
    case 4: return pick(2 ** 31) - 2 ** 30;
    case 5: return text();
    case 6: return (BigInt(pick(1000)) - 500n) ** BigInt(pick(9));
    case 7: return known.length > 0 ? known[pick(known.length)] : 'none';
    case 8: return keep(new Date(pick(2) ? pick(2 ** 31) * 1000 : NaN));
    case 9: return keep(new RegExp(PATTERNS[pick(PATTERNS.length)]));
    case 10: return keep(Object([true, false, 1.25, 'boxed世', 12n ** 20n][pick(5)]));
    case 11: return keep(Buffer.from(text() + pick(1000)));
    case 12: {
      const View = VIEWS[pick(VIEWS.length)];
      return keep(View.from({ length: pick(20) }, () => pick(256)));
    }
    case 13: return keep(new Uint8Array(Array.from({ length: pick(20) }, () => pick(256))).buffer);
    case 14: {
      const view = new DataView(new ArrayBuffer(8));
      view.setUint32(2, pick(2 ** 31));
      return keep(pick(2) ? view : new BigInt64Array([BigInt(pick(1000)) - 500n]));
    }
    case 15: {
      const error = keep(new ERRORS[pick(ERRORS.length)](text()));
      error.stack = `stack ${pick(10)}`;
      // A cause that leads back to its error is more than Node 20 can read.
      const cause = value(pick, depth + 1, []);
      if (pick(2)) Object.defineProperty(error, 'cause', { value: cause, writable: true, configurable: true });
      return error;
    }
    case 16: {
      const map = keep(new Map());
      for (let i = few(); i > 0; i--) map.set(inner(), inner());
      return map;
    }
    case 17: {
      const set = keep(new Set());
      for (let i = few(); i > 0; i--) set.add(inner());
      return set;
    }
    case 18: case 19: {
      const array = keep([]);
      for (let i = few(); i > 0; i--) {
        if (pick(10) === 0) array.length += 1 + pick(3);
        array.push(inner());
      }
      if (pick(6) === 0) array.extra = inner();
      return array;
    }
    default: {
      const object = keep({});
      for (let i = few(); i > 0; i--) {
        const key = pick(4) ? text() || 'k' : String(pick(50));
        Object.defineProperty(object, key, { value: inner(), writable: true, enumerable: true, configurable: true });
      }
      return object;
    }
  }
}

function batch(seed) {
  return Array.from({ length: BATCH }, (_, i) => value(random(seed * BATCH + i), 0, []));
}

// Whether two values are the same in kind, content and order, and refer to the same parts of themselves.
function same(a, b, known) {
  if (typeof a !== 'object' || a === null) return Object.is(a, b);
  if (typeof b !== 'object' || b === null) return false;
  if (known.has(a)) return known.get(a) === b;
  known.set(a, b);
  const kind = Object.prototype.toString.call(a);
  if (kind !== Object.prototype.toString.call(b) || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const every = (x, y) => x.length === y.length && x.every((item, i) => same(item, y[i], known));
  switch (kind) {
    case '[object Date]': return Object.is(a.getTime(), b.getTime());
    case '[object RegExp]': return String(a) === String(b);
    case '[object Error]': return a.message === b.message && a.stack === b.stack && Object.hasOwn(a, 'cause') === Object.hasOwn(b, 'cause') && same(a.cause, b.cause, known);
    case '[object Map]': return every([...a.keys(), ...a.values()], [...b.keys(), ...b.values()]);
    case '[object Set]': return every([...a], [...b]);
    case '[object ArrayBuffer]': return Buffer.from(a).equals(Buffer.from(b));
    case '[object Boolean]': case '[object Number]': case '[object String]': case '[object BigInt]': return Object.is(a.valueOf(), b.valueOf());
  }
  if (ArrayBuffer.isView(a)) {
    const bytes = (view) => Buffer.from(view.buffer, view.byteOffset, view.byteLength);
    return bytes(a).equals(bytes(b));
  }
  return a.length === b.length && every(Object.keys(a), Object.keys(b)) && every(Object.values(a), Object.values(b));
}

function compare(seed, received) {
  const made = batch(seed);
  for (let i = 0; i < BATCH; i++) {
    if (same(made[i], received[i], new Map())) continue;
    console.log('seed', seed * BATCH + i, 'expected', made[i], 'received', received[i]);
    process.exit(1);
  }
}

if (process.argv[2] === 'child') {
  process.on('message', ({ seed, values, bytes }) => {
    compare(seed, values);
    compare(seed, v8.deserialize(bytes));
    const own = batch(seed);
    process.send({ seed, values: own, bytes: v8.serialize(own) });
  });
} else {
  const batches = Number(process.argv[3] || 10000) / BATCH;
  const child = fork(__filename, ['child'], { execPath: process.argv[2], serialization: 'advanced' });
  const send = (seed) => {
    const values = batch(seed);
    child.send({ seed, values, bytes: v8.serialize(values) });
  };
  child.on('message', ({ seed, values, bytes }) => {
    compare(seed, values);
    compare(seed, v8.deserialize(bytes));
    if (seed + 1 < batches) send(seed + 1);
    else child.disconnect();
  });
  child.on('exit', (code) => {
    console.log('all', batches * BATCH, code);
    process.exitCode = code;
  });
  send(0);
}
