// execa before its fourth rewrite.
import { $, execa, execaCommand, execaSync } from 'execa-8';

const child = (text, ...args) => [process.execPath, ['-e', text, ...args]];

const { stdout, cwd, failed, isTerminated } = await execa(...child('console.log("out")'));
console.log(stdout, cwd === process.cwd(), failed, isTerminated);
const error = await execa(...child('console.error("why"); process.exit(3)')).catch((reason) => reason);
console.log(error.name, error.exitCode, error.stderr, error.shortMessage.replace(/:.*/s, ''));
console.log((await $`echo ${['a b', 'c']} ${1}`).stdout);
console.log((await $({ input: 'given' })`cat`).stdout, $.sync`echo sync`.stdout);
console.log((await execaCommand('echo one two')).stdout);
console.log(execaSync(...child('console.log(1 + 1)')).stdout);
const controller = new AbortController();
const aborted = execa(...child('setTimeout(() => {}, 60000)'), { signal: controller.signal });
controller.abort();
console.log((await aborted.catch((reason) => reason)).isCanceled);
const late = await execa(...child('setTimeout(() => {}, 60000)'), { timeout: 50 }).catch((reason) => reason);
console.log(late.timedOut, late.signal);
const piped = await execa(...child('console.log("line")')).pipeStdout(execa(...child('process.stdin.pipe(process.stdout)')));
console.log(piped.stdout);
console.log((await execa(...child('process.stdin.resume()'), { forceKillAfterDelay: false, timeout: 20, reject: false })).timedOut);
try {
  execaSync('no-such-command-at-all');
} catch (reason) {
  console.log(reason.code, reason.failed);
}
console.log(await execa(...child('process.stdout.write(Buffer.from([1, 2, 255]))'), { encoding: 'buffer' }).then((r) => r.stdout));
