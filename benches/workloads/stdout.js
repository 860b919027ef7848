'use strict';
// A child's output through 'data': megabytes a second, and the peak of this process's memory in kibibytes.

const { spawn } = require('child_process');

const total = Number(process.argv[2]) * 1e6;
const begun = process.hrtime.bigint();
let received = 0;
const child = spawn('head', ['-c', String(total), '/dev/zero']);
child.stdout.on('data', (chunk) => { received += chunk.length; });
child.on('close', () => {
  if (received !== total) throw new Error(`${received} of ${total} bytes`);
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  console.log(total / 1e6 / seconds, process.resourceUsage().maxRSS);
});
