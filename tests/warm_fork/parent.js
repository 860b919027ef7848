'use strict';
// Prints what children of every kind see of themselves, a line each.
const { fork } = require('child_process');
const fs = require('fs');
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

// What the parent sees of a child right after it was started; a signal that comes then is not lost.
function seenFromOutside(options) {
  const child = fork(script, ['two words', 'ü', '', 'stay'], options);
  child.on('error', () => {});
  if (child.pid === undefined) return 'no child';
  const read = (file) => fs.readFileSync(`/proc/${child.pid}/${file}`, 'latin1');
  // The parent of a cold one goes on a moment before the system has put its arguments in their place.
  while (read('cmdline') === '');
  const seen = {
    commandLine: read('cmdline'),
    environment: read('environ').replace(/NODE_CHANNEL_FD=\d+/, ''),
    folder: fs.readlinkSync(`/proc/${child.pid}/cwd`),
    leads: /\) \S+ \d+ (\d+)/.exec(read('stat'))[1] === String(child.pid),
  };
  child.on('exit', (code, signal) => {
    if (signal !== 'SIGTERM') console.log('it had ended before', code, signal);
  });
  child.kill();
  return seen;
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
  // One upon the other, without a turn of the loop in between.
  const crowd = [...Object.entries(KINDS), ...Object.entries(KINDS)];
  const all = await Promise.all(crowd.map(([, options]) => seen(options)));
  for (const [index, [kind]] of crowd.entries()) console.log('in a crowd', kind, JSON.stringify(all[index]));
  for (const [, options] of crowd) console.log('at once', JSON.stringify(seenFromOutside(options)));
  process.umask(0o77);
  console.log('umask', JSON.stringify(await seen({})));
  os.setPriority(5);
  console.log('priority', JSON.stringify(await seen({})));
  console.log('random numbers differ', randoms.size > Object.keys(KINDS).length);
})();
