'use strict';

// util.aborted, and the transferable forms of AbortController and AbortSignal.

const { invalidArgType } = require('internal/errors');
const { AbortController, AbortSignal } = require('internal/abort_controller');
const { validateAbortSignal } = require('internal/validate');

// Resolves when the signal aborts. Node also lets the promise go with the resource; here the
// signal keeps its listener as long as it lives.
async function aborted(signal, resource) {
  if (signal === undefined) throw invalidArgType('signal', 'an instance of AbortSignal', signal);
  validateAbortSignal(signal, 'signal');
  if (resource === null || (typeof resource !== 'object' && typeof resource !== 'function')) {
    throw invalidArgType('resource', 'of type object', resource);
  }
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers();
  signal.addEventListener('abort', resolve, { __proto__: null, once: true });
  return promise;
}

// Signals cross to other threads by message; that a signal may is all that these two say.
function transferableAbortController() {
  return new AbortController();
}

function transferableAbortSignal(signal) {
  if (!(signal instanceof AbortSignal)) {
    throw invalidArgType('signal', 'an instance of AbortSignal', signal);
  }
  return signal;
}

module.exports = { aborted, transferableAbortController, transferableAbortSignal };
