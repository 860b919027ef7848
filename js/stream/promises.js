'use strict';

// stream/promises.

const { finishedPromise: finished } = require('internal/streams/finished');

// Many programs wait for streams, few connect them.
function pipeline(...streams) {
  return require('internal/streams/pipeline').pipelinePromise(...streams);
}

module.exports = { finished, pipeline };
