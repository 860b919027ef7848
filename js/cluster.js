'use strict';

// A cluster: a primary process that forks workers, and the workers, which share its servers.
// A worker is told apart by its number in the environment, which is taken out of it at its start.

const isWorker = Object.hasOwn(process.env, 'NODE_UNIQUE_ID');

module.exports = isWorker ? require('internal/cluster/worker') : require('internal/cluster/primary');
