'use strict';
// Many children alive: the milliseconds to start them all, and to see them all end once they are killed.

const { spawn } = require('child_process');

const total = Number(process.argv[2]);
const children = [];
const begun = process.hrtime.bigint();
let ready = 0;
let ended = 0;
let started;
let killed;

function elapsed(since, until) {
  return Number(until - since) / 1e6;
}

function end() {
  started = process.hrtime.bigint();
  for (const child of children) child.kill('SIGKILL');
  killed = process.hrtime.bigint();
}

for (let i = 0; i < total; i += 1) {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  children.push(child);
  child.on('spawn', () => {
    ready += 1;
    if (ready === total) end();
  });
  child.on('exit', () => {
    ended += 1;
    if (ended === total) console.log(elapsed(begun, started), elapsed(killed, process.hrtime.bigint()));
  });
}
