'use strict';

// util.deprecate: a function that warns the first time it is used.

const { validateString } = require('internal/validate');
const process = require('process');

const { apply, construct, setPrototypeOf, defineProperty, getOwnPropertyDescriptor } = Reflect;

// A code is warned about once, whatever number of functions have it.
const warnedCodes = new Set();

function deprecate(fn, message, code, { modifyPrototype = true } = {}) {
  if (code !== undefined) validateString(code, 'code');
  let hasWarned = false;

  function deprecated(...args) {
    if (!hasWarned && !process.noDeprecation) {
      hasWarned = true;
      warn(message, code, deprecated);
    }
    return new.target ? construct(fn, args, new.target) : apply(fn, this, args);
  }

  if (modifyPrototype) {
    setPrototypeOf(deprecated, fn);
    if (fn.prototype) deprecated.prototype = fn.prototype;
    defineProperty(deprecated, 'length', { __proto__: null, ...getOwnPropertyDescriptor(fn, 'length') });
  }
  return deprecated;
}

function warn(message, code, deprecated) {
  if (code === 'ExperimentalWarning') return process.emitWarning(message, code, deprecated);
  if (code === undefined) return process.emitWarning(message, 'DeprecationWarning', deprecated);
  if (warnedCodes.has(code)) return;
  process.emitWarning(message, 'DeprecationWarning', code, deprecated);
  warnedCodes.add(code);
}

module.exports = { deprecate };
