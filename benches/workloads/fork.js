'use strict';
// Milliseconds from fork() to the child's first message: the mean in sequence, or until all are there.

const { fork } = require('child_process');
const path = require('path');

const [, , mode, amount] = process.argv;
const total = Number(amount);
const script = path.join(__dirname, 'idle.js');
const begun = process.hrtime.bigint();

function elapsed(since) {
  return Number(process.hrtime.bigint() - since) / 1e6;
}

function sequence(done, sum) {
  if (done === total) {
    console.log(sum / total);
    return;
  }
  const since = process.hrtime.bigint();
  const child = fork(script);
  child.once('message', () => {
    const time = elapsed(since);
    child.once('exit', () => sequence(done + 1, sum + time));
    child.kill();
  });
}

function together() {
  const children = [];
  let ready = 0;
  for (let i = 0; i < total; i += 1) {
    const child = fork(script);
    children.push(child);
    child.once('message', () => {
      ready += 1;
      if (ready < total) return;
      console.log(elapsed(begun));
      for (const each of children) each.kill();
    });
  }
}

if (mode === 'sequence') sequence(0, 0);
else together();
