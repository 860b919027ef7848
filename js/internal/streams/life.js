'use strict';

// The life of a stream: failure and destruction, of which the native half has most.

const { destroy, errorOrDestroy } = require('internal/streams/core');
const { coded } = require('internal/errors');

// Emitted once a stream that was destroyed while it was constructed is constructed.
const kDestroy = Symbol('kDestroy');

function multipleCallback() {
  return coded('ERR_MULTIPLE_CALLBACK', 'Callback called multiple times');
}

function notImplemented(method) {
  return coded('ERR_METHOD_NOT_IMPLEMENTED', `The ${method} method is not implemented`);
}

function streamDestroyed(method) {
  return coded('ERR_STREAM_DESTROYED', `Cannot call ${method} after a stream was destroyed`);
}

module.exports = { destroy, errorOrDestroy, kDestroy, multipleCallback, notImplemented, streamDestroyed };
