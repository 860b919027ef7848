'use strict';

const { execFile } = require('child_process');
const { promisify } = require('util');

/** What the basket costs, at the host's prices. */
exports.total = (basket) => basket.map((thing) => priceOf(thing)).reduce((sum, price) => sum + price, 0);

/** The word in capitals, by a process of its own. */
exports.inAChild = async (word) => {
  const { stdout } = await promisify(execFile)('sh', ['-c', 'printf %s "$1" | tr a-z A-Z', 'sh', word]);
  return stdout;
};
