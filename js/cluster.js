'use strict';

// What of `cluster` is true before it can fork: this process is the primary one.

const EventEmitter = require('events');
const { coded } = require('internal/errors');

const cluster = new EventEmitter();

cluster.isPrimary = true;
cluster.isMaster = true;
cluster.isWorker = false;
cluster.workers = {};
cluster.settings = {};
cluster.SCHED_NONE = 1;
cluster.SCHED_RR = 2;
cluster.schedulingPolicy = cluster.SCHED_RR;
cluster.fork = function fork() {
  throw coded('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'cluster.fork is not available in this version of rjs');
};

module.exports = cluster;
