'use strict';
// Prints what children of every kind see of themselves, a line each.
const { fork } = require('child_process');
const os = require('os');
const path = require('path');

const script = path.join(__dirname, 'child.js');
const randoms = new Set();

function seen(options) {
  return new Promise((resolve) => {
    const child = fork(script, ['two words', 'ü', ''], options);
    let told;
    child.on('message', (message) => { told = message; });
    child.on('error', (error) => resolve({ error: { ...error }, message: error.message }));
    child.on('exit', (code, signal) => {
      randoms.add(told?.random);
      const parentIsRight = told?.ppid === process.pid;
      resolve({ ...told, ppid: undefined, random: undefined, parentIsRight, code, signal });
    });
  });
}

const KINDS = {
  plain: {},
  folder: { cwd: '/tmp' },
  'no folder': { cwd: '/nonexistent' },
  detached: { detached: true },
  environment: { env: { A: '1', B: '', LANG: 'C' } },
  'options of the executable': { execArgv: ['--no-warnings', '--expose-gc', '--stack-trace-limit=3'] },
  'slots before the channel': { stdio: ['ignore', 'inherit', 'inherit', 'ignore', 'ignore', 'ipc'] },
  'slots behind the channel': { stdio: ['ignore', 'ignore', 'ignore', 'ipc', 0, 'ignore', 1] },
  'the channel as standard input': { stdio: ['ipc', 'inherit', 'inherit'] },
  'crossed streams': { stdio: [2, 0, 1, 'ipc'] },
  'another zeroth argument': { argv0: 'zero' },
};

(async () => {
  process.chdir('/var');
  process.env.FROM_PARENT = 'ünï';
  for (const [kind, options] of Object.entries(KINDS)) {
    console.log(kind, JSON.stringify(await seen(options)));
  }
  process.umask(0o77);
  console.log('umask', JSON.stringify(await seen({})));
  os.setPriority(5);
  console.log('priority', JSON.stringify(await seen({})));
  console.log('random numbers differ', randoms.size > Object.keys(KINDS).length);
})();
