'use strict';

// A thread tries what its program may not do either, and says what came of it.

const fs = require('fs');
const cp = require('child_process');
const net = require('net');
const path = require('path');
const { Worker, isMainThread, workerData } = require('worker_threads');

function start(options) {
  return new Worker(__filename, { workerData: process.argv[2] ?? workerData, ...options });
}

const attempts = {
  read: () => fs.promises.readFile(path.join(workerData, 'out', 'secret')),
  write: () => fs.writeFileSync(path.join(workerData, 'in', 'own', 'new'), 'x'),
  run: () => cp.spawn(path.join(workerData, 'bin', 'other')),
  env: () => { process.env.HIDDEN = 'x'; },
  pass: () => cp.spawn(path.join(workerData, 'bin', 'tool'), { env: { HIDDEN: 'x' } }),
  thread: () => start({ env: { HIDDEN: 'x' } }),
  net: () => new Promise((resolve, reject) => net.connect(1, '127.0.0.1').on('connect', resolve).on('error', reject)),
};

async function main() {
  if (isMainThread) return start();
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      await attempt();
      console.log(name, 'SUCCEEDED');
    } catch ({ code, permission }) {
      console.log(name, code, permission);
    }
  }
  console.log(process.env.HIDDEN ?? 'hidden');
}

main();
