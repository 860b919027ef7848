'use strict';
// The last execa that is CommonJS.
const execa = require('execa-5');

const child = (text, ...args) => [process.execPath, ['-e', text, ...args]];

async function main() {
  const { stdout, exitCode, failed, timedOut, isCanceled, killed } = await execa(...child('console.log("out"); console.error("err")'));
  console.log(stdout, exitCode, failed, timedOut, isCanceled, killed);
  const all = await execa(...child('console.log(1); console.error(2)'), { all: true });
  console.log(all.all.split('\n').sort());
  const error = await execa(...child('console.log("before"); process.exit(3)')).catch((reason) => reason);
  console.log(error.name, error.exitCode, error.stdout, error.shortMessage.replace(/:.*/s, ''));
  const late = await execa(...child('setTimeout(() => {}, 60000)'), { timeout: 50 }).catch((reason) => reason);
  console.log(late.timedOut, late.signal, late.killed);
  const missing = await execa('no-such-command-at-all').catch((reason) => reason);
  console.log(missing.code, missing.originalMessage);
  console.log((await execa(...child('process.stdin.pipe(process.stdout)'), { input: 'given' })).stdout);
  const canceled = execa(...child('setTimeout(() => {}, 60000)'));
  canceled.cancel();
  console.log((await canceled.catch((reason) => reason)).isCanceled);
  console.log(execa.sync(...child('console.log(process.argv[1])', 'argument')).stdout);
  console.log((await execa.command('echo a\\ b  c')).stdout, execa.commandSync('echo d').stdout);
  const worker = execa.node(__filename, ['worker'], { nodeOptions: [], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  worker.on('message', (message) => console.log('message', message));
  console.log((await worker).stdout);
  try {
    execa.sync(...child('process.exit(2)'));
  } catch (reason) {
    console.log(reason.exitCode, reason.failed);
  }
  console.log((await execa(...child('process.kill(process.pid, "SIGTERM")'), { reject: false })).signalDescription);
  console.log((await execa('echo "$VALUE"', { shell: true, env: { VALUE: 'v' } })).stdout);
  console.log((await execa(...child('process.stdout.write("no end\\n")'), { stripFinalNewline: false })).stdout.length);
}

if (process.argv[2] === 'worker') {
  process.send({ from: 'the worker' }, () => console.log('worker is done'));
  process.disconnect();
} else {
  main();
}
