'use strict';
// tree-kill: a tree of three processes ends with its root, and by the signal that is asked for; what is not there is no error.
const kill = require('tree-kill');
const { spawn, spawnSync } = require('child_process');
const path = require('path');

const alive = (pid) => { try { process.kill(pid, 0); return true; } catch { return false; } };
const gone = (pid, then) => { if (alive(pid)) setTimeout(gone, 5, pid, then); else then(); };
// The shell starts a runtime that starts a sleeper, which say their pids; it does not end when these do.
const tree = () => spawn('sh', ['-c', `"$0" -e "
    const sleeper = require('child_process').spawn('sleep', ['60'], { stdio: 'ignore' });
    console.log(process.pid, sleeper.pid);
    setInterval(() => {}, 1000);
" & read line; read line`, process.execPath], { stdio: ['pipe', 'pipe', 'inherit'] });

function run(signal, next) {
    const root = tree();
    root.stdout.setEncoding('utf8').once('data', (line) => {
        const pids = line.trim().split(' ').map(Number);
        console.log(pids.length, pids.every(alive));
        root.on('close', (code, by) => gone(pids[1], () => {
            console.log('closed', code, by, pids.some(alive));
            next();
        }));
        kill(root.pid, signal, (error) => console.log('killed', error ?? 'well'));
    });
}

run('SIGTERM', () => run('SIGKILL', () => run(undefined, () => {
    kill('text', (error) => console.log(error.message));
    const ended = spawnSync('true').pid;
    kill(ended, 'SIGTERM', (error) => {
        console.log(error ?? 'nothing to kill');
        const sleeper = spawn('sleep', ['60']);
        sleeper.on('close', (code, signal) => console.log('by its binary', code, signal));
        const child = spawnSync(process.execPath, [path.join(__dirname, 'node_modules/.bin/tree-kill'), String(sleeper.pid), 'SIGINT'], { encoding: 'utf8' });
        console.log(child.status, child.stdout, child.stderr);
    });
})));
