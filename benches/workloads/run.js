'use strict';
// Commands a second, one after the other: `exec`, `execFile`, `spawnSync`, or `output`, a `spawnSync`
// whose command writes a megabyte.

const { exec, execFile, spawnSync } = require('child_process');

const [, , kind, amount] = process.argv;
const total = Number(amount);
const begun = process.hrtime.bigint();

function finish() {
  console.log(total / (Number(process.hrtime.bigint() - begun) / 1e9));
}

function later(start) {
  let left = total;
  function next(error) {
    if (error) throw error;
    if (left === 0) return finish();
    left -= 1;
    start(next);
  }
  next(null);
}

function atOnce(start) {
  for (let i = 0; i < total; i += 1) {
    if (start().status !== 0) throw new Error('the command failed');
  }
  finish();
}

if (kind === 'exec') later((done) => exec('/bin/true', done));
else if (kind === 'execFile') later((done) => execFile('/bin/true', done));
else if (kind === 'spawnSync') atOnce(() => spawnSync('/bin/true'));
else atOnce(() => spawnSync('head', ['-c', '1048576', '/dev/zero'], { maxBuffer: 1 << 21 }));
