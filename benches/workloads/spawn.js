'use strict';
// Children a second that do nothing: `width` at a time, while this process holds so many megabytes.

const { spawn } = require('child_process');

const [, , amount, width, megabytes] = process.argv;
const total = Number(amount);
const held = Buffer.alloc(Number(megabytes) << 20, 1);
const begun = process.hrtime.bigint();
let started = 0;
let ended = 0;

function start() {
  if (started === total) return;
  started += 1;
  spawn('/bin/true').on('close', () => {
    ended += 1;
    if (ended < total) return start();
    console.log(total / (Number(process.hrtime.bigint() - begun) / 1e9));
    return held.length;
  });
}

for (let i = 0; i < Number(width); i += 1) start();
