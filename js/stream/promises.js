'use strict';

// stream/promises.

const { finishedPromise: finished } = require('internal/streams/finished');
const { pipelinePromise: pipeline } = require('internal/streams/pipeline');

module.exports = { finished, pipeline };
