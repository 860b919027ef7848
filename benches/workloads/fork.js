'use strict';
// Milliseconds from fork() to the child's first message: the mean in sequence, or until all are there. With
// a number of functions the child's program first loads a module that has so many.

const { fork } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const [, , mode, amount, functions] = process.argv;
const total = Number(amount);
const script = functions ? written(Number(functions)) : path.join(__dirname, 'idle.js');
const begun = process.hrtime.bigint();

function elapsed(since) {
  return Number(process.hrtime.bigint() - since) / 1e6;
}

// A program with a module of ten lines for each function.
function written(count) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fork-'));
  process.on('exit', () => fs.rmSync(folder, { recursive: true }));
  const each = (_, n) => `
exports.total${n} = function total${n}(input, options = {}) {
  const { limit = ${n}, names = ['a', 'b'] } = options;
  if (!Array.isArray(input)) throw new TypeError('no array');
  let total = 0;
  for (const [index, value] of input.entries()) {
    if (value > limit) total += value * index;
    else if (names.includes(String(value))) total -= 1;
  }
  return { total, size: input.length };
};`;
  fs.writeFileSync(path.join(folder, 'library.js'), Array.from({ length: count }, each).join(''));
  const main = path.join(folder, 'main.js');
  fs.writeFileSync(main, "require('./library.js');\nprocess.on('message', () => {});\nprocess.send('ready');\n");
  return main;
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
