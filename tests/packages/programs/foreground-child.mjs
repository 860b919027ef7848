// foreground-child: the child's output, code and signal become the program's own; signals and messages go through; clean-up may change the end.
import { spawn, fork } from 'node:child_process';
import { foregroundChild } from 'foreground-child';

const self = process.argv[1];
const way = process.argv[2];
const sh = (script) => ['sh', ['-c', script]];
const ways = {
    code: () => foregroundChild(...sh('echo out; exit 3')),
    signal: () => foregroundChild(...sh('kill -TERM $$')),
    input: () => foregroundChild('cat'),
    cleanup: () => foregroundChild(...sh('exit 1'), (code, signal) => { console.log('cleanup', code, signal); return 42; }),
    later: () => foregroundChild(...sh('exit 1'), async (code) => { await null; console.log('later', code); }),
    swallow: () => foregroundChild(...sh('kill -HUP $$'), (code, signal) => { console.log('swallow', code, signal); return false; }),
    options: () => foregroundChild(process.execPath, ['-p', 'process.cwd()'], { cwd: '/' }),
    missing: () => foregroundChild('surely-not-there'),
    waits: () => foregroundChild(process.execPath, ['-e', "process.on('SIGTERM', () => { console.log('child got it'); process.exit(9); }); setInterval(() => {}, 1000); console.log('ready')"]),
    messages: () => foregroundChild(process.execPath, ['-e', "process.on('message', (m) => { process.send({ echo: m }); process.disconnect(); })"]),
};
if (way) {
    ways[way]();
} else {
    const run = (name, { signal, input } = {}) => new Promise((done) => {
        const child = spawn(process.execPath, [self, name], { stdio: ['pipe', 'pipe', 'pipe'] });
        let text = '';
        child.stderr.resume();
        child.stdin.end(input);
        child.stdout.setEncoding('utf8').on('data', (part) => {
            if (signal && text === '') child.kill(signal);
            text += part;
        });
        child.on('close', (code, by) => { console.log(name, code, by, JSON.stringify(text)); done(); });
    });
    for (const name of ['code', 'signal', 'cleanup', 'later', 'swallow', 'options', 'missing']) await run(name);
    await run('input', { input: 'typed in' });
    await run('waits', { signal: 'SIGTERM' });
    const child = fork(self, ['messages']);
    child.on('message', (message) => console.log('message', message));
    child.send({ hello: 1 });
    child.on('close', (code, signal) => console.log('messages', code, signal));
}
