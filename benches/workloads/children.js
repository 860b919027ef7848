'use strict';
// Starts idle children; prints the milliseconds until all have spoken, then their pids. They stay until
// this process ends.

const { fork } = require('child_process');
const path = require('path');

const total = Number(process.argv[2]);
const begun = process.hrtime.bigint();
const pids = [];
let ready = 0;

for (let i = 0; i < total; i += 1) {
  const child = fork(path.join(__dirname, 'idle.js'));
  pids.push(child.pid);
  child.once('message', () => {
    ready += 1;
    if (ready === total) console.log(Number(process.hrtime.bigint() - begun) / 1e6, ...pids);
  });
}
