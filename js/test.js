'use strict';

// node:test. The parts are loaded when a program uses them.

const { coded } = require('internal/errors');
const { addHook, define, parentOf } = require('internal/test/runner');

// `test` or `suite`, with the variants that set an option.
function definer(kind, name) {
  const fn = { [name](...args) { return define(kind, parentOf(), args); } }[name];
  for (const option of ['expectFailure', 'skip', 'todo', 'only']) {
    fn[option] = (...args) => define(kind, parentOf(), args, { [option]: true });
  }
  return fn;
}

const test = definer('test', 'test');
const suite = definer('suite', 'test');
const describe = definer('suite', 'test');

for (const kind of ['after', 'afterEach', 'before', 'beforeEach']) {
  test[kind] = (fn, options) => addHook(parentOf(), kind, fn, options);
}

function run() {
  throw coded('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'test.run is not available in this version of rjs');
}

function withoutSnapshots() {
  throw coded('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'snapshots are not available in this version of rjs');
}

let mock;
let assertions;

Object.assign(test, { describe, it: test, run, suite, test });
Object.defineProperties(test, {
  mock: {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() {
      return mock ??= new (require('internal/test/mock').MockTracker)();
    },
  },
  snapshot: {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() {
      return { setDefaultSnapshotSerializers: withoutSnapshots, setResolveSnapshotPath: withoutSnapshots };
    },
  },
  assert: {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() {
      return assertions ??= { __proto__: null, register: require('internal/test/context').register };
    },
  },
});

module.exports = test;
