'use strict';

// PassThrough: a Transform that changes nothing.

const { Transform } = require('internal/streams/transform');

function PassThrough(options) {
  return this instanceof PassThrough ? Transform.call(this, options) : new PassThrough(options);
}

for (const [heir, base] of [[PassThrough, Transform], [PassThrough.prototype, Transform.prototype]]) {
  Object.setPrototypeOf(heir, base);
}
PassThrough.prototype._transform = function(chunk, encoding, callback) {
  callback(null, chunk);
};

module.exports = { PassThrough };
