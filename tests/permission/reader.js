'use strict';

// Tells its parent what came of reading the file that its argument names.

try {
  require('fs').readFileSync(process.argv[2]);
  process.send(null);
} catch ({ code, permission }) {
  process.send({ code, permission });
}
