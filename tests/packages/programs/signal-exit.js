'use strict';
// signal-exit: handlers at a normal end, at process.exit, at an exception and at signals; removal; what they may change.
const { spawn } = require('child_process');
const { onExit, load, unload, signals } = require('signal-exit');

if (process.argv[2]) {
    const remove = onExit((code, signal) => console.log('removed', code, signal));
    onExit((code, signal) => console.log('first', code, signal));
    onExit((code, signal) => console.log('last', code, signal), { alwaysLast: true });
    remove();
    const ways = {
        end() {},
        code() { process.exitCode = 4; },
        exit() { process.exit(5); },
        throw() { throw new Error('on purpose'); },
        wait() { setInterval(() => {}, 1000); console.log('waiting'); },
        kill() { process.kill(process.pid, 'SIGHUP'); setInterval(() => {}, 1000); },
        listener() { process.on('SIGTERM', () => { console.log('own listener'); process.exit(7); }); setInterval(() => {}, 1000); console.log('waiting'); },
        keep() { onExit(() => true); process.on('exit', () => console.log('exit event')); setInterval(() => {}, 1000); process.kill(process.pid, 'SIGINT'); setTimeout(() => process.exit(0), 50); },
        unload() { unload(); process.exit(6); },
        emit() { process.emit('exit', 2); },
    };
    ways[process.argv[2]]();
    return;
}
async function run(way, signal) {
    const child = spawn(process.execPath, [__filename, way], { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stderr.resume();
    child.stdout.setEncoding('utf8').on('data', (part) => {
        if (signal && text === '') child.kill(signal);
        text += part;
    });
    await new Promise((done) => { child.on('close', (code, by) => { console.log(way, signal ?? '', code, by, JSON.stringify(text)); done(); }); });
}
(async () => {
    for (const way of ['end', 'code', 'exit', 'throw', 'kill', 'keep', 'unload', 'emit']) await run(way);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2', 'SIGKILL']) await run('wait', signal);
    await run('listener', 'SIGTERM');
    console.log(signals.includes('SIGTERM'), signals.length, typeof load);
})();
