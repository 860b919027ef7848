// What looks at processes: pidusage, ps-tree, fkill, which, npm-which.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import fkill from 'fkill';
import npmWhich from 'npm-which';
import pidusage from 'pidusage';
import psTree from 'ps-tree';
import which from 'which';

const sleeping = ['-e', 'console.log("up"); setInterval(() => {}, 1000)'];
const child = spawn(process.execPath, sleeping);
await once(child.stdout, 'data');
const stats = await pidusage(child.pid);
console.log(Object.keys(stats).sort(), stats.pid === child.pid, stats.ppid === process.pid, stats.memory > 0);
console.log(Object.keys(await pidusage([child.pid, process.pid])).length);
await new Promise((resolve) => psTree(process.pid, (error, children) => {
  console.log(error, children.some(({ PID }) => Number(PID) === child.pid));
  resolve();
}));
const closed = once(child, 'close');
await fkill(child.pid, { force: true });
console.log(await closed);
await fkill(999_999_9).catch(({ name, message }) => console.log(name, message.replace(/\s+/g, ' ')));
pidusage.clear();

console.log(path.basename(await which('sh')), which.sync('no-such-command-at-all', { nothrow: true }), await which('no-such-command-at-all').catch(({ code }) => code));
console.log(path.relative(process.cwd(), npmWhich(process.cwd()).sync('rimraf')));
