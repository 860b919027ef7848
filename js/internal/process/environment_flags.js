'use strict';

// process.allowedNodeEnvironmentFlags: the options that NODE_OPTIONS may hold. `native` lists them.

const { Set, String } = globalThis;
const { add, has, forEach } = Set.prototype;
const { apply } = Reflect;

const members = new Set();
for (let i = 0; i < native.length; i += 1) apply(add, members, [native[i]]);

// An option as the list has it: two dashes, dashes for underscores, no value.
function canonical(flag) {
  const name = flag.split('=')[0].replaceAll('_', '-');
  if (name.startsWith('-')) return name;
  return name.length === 1 ? `-${name}` : `--${name}`;
}

class NodeEnvironmentFlagsSet extends Set {
  constructor() {
    super();
    Object.freeze(this);
  }

  add() { return this; }

  delete() { return false; }

  clear() {}

  has(flag) {
    return typeof flag === 'string' && apply(has, members, [canonical(String(flag))]);
  }

  get size() { return members.size; }

  forEach(callback, thisArg) {
    apply(forEach, members, [(flag) => apply(callback, thisArg, [flag, flag, this])]);
  }

  entries() { return members.entries(); }

  keys() { return members.values(); }

  values() { return members.values(); }

  [Symbol.iterator]() { return members.values(); }
}

module.exports = new NodeEnvironmentFlagsSet();
