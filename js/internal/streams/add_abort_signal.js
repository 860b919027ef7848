'use strict';

// A signal that, when it aborts, destroys a stream.

const { addAbortListener } = require('events');
const { AbortError, invalidArgType } = require('internal/errors');
const { validateAbortSignal } = require('internal/validate');
const {
  isNodeStream, isWebStream, kControllerErrorFunction,
} = require('internal/streams/predicates');
const { finished } = require('internal/streams/finished');

function addAbortSignal(signal, stream) {
  if (signal === undefined) throw invalidArgType('signal', 'an instance of AbortSignal', signal);
  validateAbortSignal(signal, 'signal');
  if (!isNodeStream(stream) && !isWebStream(stream)) {
    throw invalidArgType('stream', 'an instance of ReadableStream, WritableStream, or Stream', stream);
  }
  return follow(signal, stream);
}

function follow(signal, stream) {
  if (signal === null || typeof signal !== 'object' || !('aborted' in signal)) return stream;
  const isNode = isNodeStream(stream);
  const onAbort = () => {
    const error = new AbortError(undefined, { cause: signal.reason });
    if (isNode) stream.destroy(error);
    else stream[kControllerErrorFunction](error);
  };
  if (signal.aborted) {
    onAbort();
  } else {
    const listener = addAbortListener(signal, onAbort);
    finished(stream, () => listener[Symbol.dispose]());
  }
  return stream;
}

module.exports = { addAbortSignal, follow };
