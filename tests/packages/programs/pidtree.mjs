// pidtree: the children of a process, with and without the root, with their parents; errors; its binary.
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { once } from 'node:events';
import * as module from 'pidtree';

const pidtree = module.default ?? module.pidtree;
console.log(Object.keys(module).sort());
const child = spawn('sh', ['-c', 'sleep 60 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'inherit'] });
const [data] = await once(child.stdout, 'data');
const sleeper = Number(String(data));
const name = (pid) => ({ [process.pid]: 'me', [child.pid]: 'shell', [sleeper]: 'sleeper' })[pid] ?? 'another';
const known = (pids) => pids.map(name).filter((word) => word !== 'another').sort();
console.log(known(await pidtree(process.pid)));
console.log(known(await pidtree(process.pid, { root: true })));
console.log((await pidtree(child.pid, { advanced: true, root: true })).map(({ pid, ppid }) => [name(pid), name(ppid)]).sort());
console.log((await pidtree(sleeper)).length);
console.log((await pidtree(-1)).length > 3);
for (const bad of ['text', {}, -5, 2 ** 30]) {
    await pidtree(bad).then((pids) => console.log('pids', pids), (error) => console.log(error.name, error.message));
}
const binary = path.join(import.meta.dirname, 'node_modules/.bin/pidtree');
const listed = spawnSync(process.execPath, [binary, String(child.pid)], { encoding: 'utf8' });
console.log(listed.status, known(listed.stdout.trim().split('\n').map(Number)), listed.stderr);
console.log(spawnSync(process.execPath, [binary, '--help'], { encoding: 'utf8' }).status);
process.kill(sleeper);
child.kill();
await once(child, 'close');
