'use strict';

// Queuing strategies: the classes, and what is read from an object that is one.

const { coded, invalidArgType } = require('internal/errors');
const { validateObject } = require('internal/validate');
const { defineInterface, hide, inspectAs, invalidThis, kCore } = require('internal/webstreams/support');

const { isArray } = Array;
const { inspect: { custom } } = require('util');

// A strategy's size function is one for all of its kind.
const byteLengthSize = Object.defineProperty((chunk) => chunk.byteLength, 'name', { __proto__: null, value: 'size' });
const countSize = Object.defineProperty(() => 1, 'name', { __proto__: null, value: 'size' });

class Mark {
  constructor(init) {
    if (init === null || (typeof init !== 'object' && typeof init !== 'function')) {
      throw invalidArgType('init', 'of type object', init);
    }
    if (init.highWaterMark === undefined) throw coded('ERR_MISSING_OPTION', 'init.highWaterMark is required');
    this.highWaterMark = +init.highWaterMark;
  }
}

function markOf(object, Class) {
  const core = object?.[kCore];
  if (!(core instanceof Mark) || !(object instanceof Class)) throw invalidThis(Class.name);
  return core.highWaterMark;
}

class ByteLengthQueuingStrategy {
  constructor(init) {
    this[kCore] = new Mark(init);
    hide(this);
  }

  get highWaterMark() { return markOf(this, ByteLengthQueuingStrategy); }

  get size() {
    markOf(this, ByteLengthQueuingStrategy);
    return byteLengthSize;
  }

  [custom](depth, options) {
    return inspectAs('ByteLengthQueuingStrategy', depth, options, { highWaterMark: this.highWaterMark });
  }
}

class CountQueuingStrategy {
  constructor(init) {
    this[kCore] = new Mark(init);
    hide(this);
  }

  get highWaterMark() { return markOf(this, CountQueuingStrategy); }

  get size() {
    markOf(this, CountQueuingStrategy);
    return countSize;
  }

  [custom](depth, options) {
    return inspectAs('CountQueuingStrategy', depth, options, { highWaterMark: this.highWaterMark });
  }
}

defineInterface(ByteLengthQueuingStrategy, ['highWaterMark', 'size']);
defineInterface(CountQueuingStrategy, ['highWaterMark', 'size']);

// The high water mark that a strategy asks for.
function highWaterMarkOf(strategy, otherwise) {
  const value = strategy?.highWaterMark;
  if (value === undefined) return otherwise;
  const mark = +value;
  if (!(mark >= 0)) throw invalidValue('strategy.highWaterMark', value);
  return mark;
}

// The function that measures chunks; undefined where each counts as one.
function sizeOf(strategy) {
  const size = strategy?.size;
  if (size === undefined) return undefined;
  if (typeof size !== 'function') throw invalidArgType('strategy.size', 'of type function', size);
  return size;
}

// The size of a chunk by that function, called without a receiver.
function measured(size, chunk) {
  if (size === undefined) return 1;
  const value = +size(chunk);
  if (!(value >= 0) || value === Infinity) throw invalidValue('size', value);
  return value;
}

function invalidValue(name, value) {
  const { inspect } = require('util');
  const kind = name.includes('.') ? 'property' : 'argument';
  return coded('ERR_INVALID_ARG_VALUE', `The ${kind} '${name}' is invalid. Received ${inspect(value)}`, 'RangeError');
}

// A dictionary of options: any object will do, a function too.
function checkObject(value, name) {
  if (typeof value !== 'function' && !isArray(value)) validateObject(value, name);
}

module.exports = {
  ByteLengthQueuingStrategy, CountQueuingStrategy, checkObject, highWaterMarkOf, invalidValue,
  measured, sizeOf,
};
