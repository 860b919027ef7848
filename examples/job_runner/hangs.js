'use strict';

console.log('so it begins');
require('child_process').spawn('sh', ['-c', 'sleep 100']);
for (;;) { /* nothing comes of it */ }
