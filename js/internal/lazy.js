'use strict';

// Properties whose value another builtin brings along when they are first looked at.

const { defineProperty } = Object;

// It stays an accessor: the engine does not expect that a getter replaces itself.
function defineLazy(target, name, builtin, key = name) {
  let value;
  defineProperty(target, name, {
    __proto__: null,
    enumerable: true,
    configurable: true,
    get() { return value ??= require(builtin)[key]; },
    set(given) {
      if (this === target) value = given;
      else defineProperty(this, name, { __proto__: null, value: given, writable: true, enumerable: true, configurable: true });
    },
  });
}

module.exports = { defineLazy };
