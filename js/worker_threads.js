'use strict';

// What of `worker_threads` is true before there are workers: this is the main thread.

const { coded } = require('internal/errors');

class Worker {
  constructor() {
    throw coded('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'worker_threads.Worker is not available in this version of rjs');
  }
}

module.exports = {
  isMainThread: true,
  isInternalThread: false,
  threadId: 0,
  threadName: '',
  parentPort: null,
  workerData: null,
  resourceLimits: {},
  Worker,
};
