'use strict';
// Starts idle children and prints their pids once all have spoken; they stay until this process ends.

const { fork } = require('child_process');
const path = require('path');

const total = Number(process.argv[2]);
const children = [];
let ready = 0;

for (let i = 0; i < total; i += 1) {
  const child = fork(path.join(__dirname, 'child.js'), ['idle']);
  children.push(child);
  child.once('message', () => {
    ready += 1;
    if (ready === total) console.log(children.map((each) => each.pid).join(' '));
  });
}
