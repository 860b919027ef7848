// Execa: results and errors, templates, stdio of every kind, transforms, pipes, timeouts, cancelling, ipc, synchronously too.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PassThrough } from 'node:stream';
import { execa, execaSync, execaCommand, execaNode, $, parseCommandString, ExecaError, ExecaSyncError } from 'execa';

const folder = path.join(import.meta.dirname, 'execa-parts');
fs.mkdirSync(folder, { recursive: true });
const file = (name, text) => {
    const full = path.join(folder, name);
    fs.writeFileSync(full, text);
    return full;
};
const clean = (text) => String(text).replaceAll(process.execPath, 'EXEC').replaceAll(folder, 'DIR').replace(/\d+(\.\d+)?(ms| ?milliseconds| ?seconds)/g, 'N$2');

async function show(name, subprocess) {
    try {
        const result = await subprocess;
        const { stdout, stderr, all, exitCode, signal, failed, timedOut, isCanceled, isTerminated, isMaxBuffer, command, escapedCommand, ipcOutput } = result;
        console.log(name, { stdout, stderr, all, exitCode, signal, failed, timedOut, isCanceled, isTerminated, isMaxBuffer, ipcOutput });
        console.log(clean(command), clean(escapedCommand), typeof result.durationMs);
    } catch (error) {
        console.log(name, error.constructor.name, error instanceof ExecaError || error instanceof ExecaSyncError);
        console.log(clean(error.shortMessage), '|', error.code, error.exitCode, error.signal, error.signalDescription, error.isTerminated, error.timedOut,
            error.isCanceled, error.isGracefullyCanceled, error.isMaxBuffer, error.isForcefullyTerminated);
        console.log(clean(error.message), error.originalMessage === undefined ? '' : clean(error.originalMessage), error.cause?.code);
    }
}

await show('echo', execa('echo', ['one', 'two words']));
await show('template', $`echo ${'a b'} ${['c', 'd e']} f\ g ${1}`);
await show('nested template', execa`echo ${await $`echo inner`}`);
await show('options', $({ input: 'from input', all: true })`cat`);
await show('fails', execa('sh', ['-c', 'echo out; echo err >&2; exit 3'], { all: true }));
await show('does not reject', execa('sh', ['-c', 'exit 2'], { reject: false }));
await show('missing', execa('surely-not-there', ['x']));
await show('bad cwd', execa('true', { cwd: path.join(folder, 'none') }));
await show('timeout', execa('sleep', ['10'], { timeout: 50 }));
await show('kill', (() => { const p = execa('sleep', ['10']); p.kill('SIGINT', new Error('enough')); return p; })());
await show('force', execa('sh', ['-c', 'trap "" TERM; while :; do sleep 0.05; done'], { timeout: 100, forceKillAfterDelay: 50 }));
const controller = new AbortController();
setTimeout(() => controller.abort(new Error('reason')), 20);
await show('cancel', execa('sleep', ['10'], { cancelSignal: controller.signal }));
await show('maxBuffer', execa('sh', ['-c', 'echo 0123456789'], { maxBuffer: 4 }));
await show('lines', execa('printf', ['a\\nb\\nc\\n'], { lines: true }));
await show('bytes', execa('printf', ['abc'], { encoding: 'buffer' }));
await show('hex', execa('printf', ['abc'], { encoding: 'hex' }));
await show('newline kept', execa('echo', ['x'], { stripFinalNewline: false }));
await show('command', execaCommand('echo  many   spaces\\ here'));
console.log(parseCommandString('a "b" c\\ d'));
await show('shell', execa('echo $((40+2)) | cat', { shell: true }));
await show('env', execa('sh', ['-c', 'echo $RJS_A-$RJS_B'], { env: { RJS_A: 'a', RJS_B: 'b' } }));
await show('inherit nothing', execa('sh', ['-c', 'echo "[$RJS_C]"'], { extendEnv: false, env: { PATH: process.env.PATH } }));

// Files, streams, iterables and transforms as stdio.
const target = path.join(folder, 'written.txt');
await show('to a file', execa('echo', ['to file'], { stdout: { file: target } }));
await show('from a file', execa('cat', { stdin: { file: target } }));
await show('append', execa('echo', ['more'], { stdout: { file: target, append: true } }));
console.log(JSON.stringify(fs.readFileSync(target, 'utf8')));
await show('several', execa('echo', ['both'], { stdout: [{ file: target }, 'pipe'] }));
await show('iterable', execa('cat', { stdin: new Set(['x\n', 'y\n']) }));
await show('async iterable', execa('cat', { stdin: (async function* () { yield 'p'; await null; yield 'q'; })() }));
await show('bytes in', execa('cat', { input: new Uint8Array([104, 105]) }));
await show('transform', execa('printf', ['1\\n2\\n3\\n'], { stdout: function* (line) { if (line !== '2') yield `<${line}>`; } }));
await show('object mode', execa('printf', ['{"a":1}\\n{"a":2}\\n'], { stdout: { transform: function* (line) { yield JSON.parse(line); }, objectMode: true } }));
await show('async transform', execa('cat', { input: 'a\nb', stdin: { async* transform(line) { await null; yield line.toUpperCase(); }, async* final() { yield 'end'; } } }));
await show('transform throws', execa('echo', ['x'], { stdout: function* () { throw new Error('in transform'); } }));
await show('fd 3', execa('sh', ['-c', 'echo three >&3'], { stdio: ['pipe', 'pipe', 'pipe', 'pipe'] }).then((r) => ({ ...r, stdout: r.stdio[3] })));
const typed = execa('cat');
typed.stdin.end('through stdin');
await show('stdin', typed);
await show('web stream', execa('cat', { stdin: new Blob(['from a blob']).stream() }));

// Pipes.
await show('pipe', execa('printf', ['c\\na\\nb']).pipe('sort').pipe('head', ['-n', '2']));
await show('pipe template', $`printf ${'b\na\n'}`.pipe`sort`.pipe({ all: true })`cat`);
const source = execa('sh', ['-c', 'echo one; exit 4']);
await show('pipe fails', source.pipe(execa('cat')));
const destination = execa('cat');
const unpipe = new AbortController();
const piping = execa('sleep', ['0.1']).pipe(destination, { unpipeSignal: unpipe.signal });
unpipe.abort();
await show('unpiped', piping);
destination.kill();
await destination.catch((error) => console.log(error.signal));
await show('pipe from stderr', execa('sh', ['-c', 'echo err >&2']).pipe('cat', { from: 'stderr' }));

// Iteration and conversion to streams.
for await (const line of execa('printf', ['x\\ny\\nz'])) console.log('line', line);
try {
    for await (const line of execa('sh', ['-c', 'echo first; exit 1'])) console.log('line', line);
} catch (error) {
    console.log('loop', error.exitCode);
}
const chunks = [];
for await (const chunk of execa('echo', ['readable']).readable()) chunks.push(chunk);
console.log(String(Buffer.concat(chunks)));
const through = execa('tr', ['a-z', 'A-Z']).duplex();
through.end('duplex');
console.log(String((await through.toArray()).join('')));
const sink = execa('cat');
const input = new PassThrough();
input.pipe(sink.writable());
input.end('writable');
console.log((await sink).stdout);

// IPC.
const child = file('child.mjs', `
import { sendMessage, getOneMessage, getEachMessage, getCancelSignal } from ${JSON.stringify(import.meta.resolve('execa'))};
if (process.argv[2] === 'graceful') {
    setInterval(() => {}, 1000);
    const signal = await getCancelSignal();
    await sendMessage('ready');
    await new Promise((done) => { signal.addEventListener('abort', done); if (signal.aborted) done(); });
    console.log('aborted', signal.reason.message);
    process.exit();
}
const first = await getOneMessage();
await sendMessage({ got: first });
for await (const message of getEachMessage()) {
    if (message === 'stop') break;
    await sendMessage(message * 2);
}
await sendMessage('bye');
`);
const talk = execaNode(child, [], { ipc: true });
await talk.sendMessage({ hello: 'child', date: new Date(0), big: 5n });
console.log(await talk.getOneMessage());
await talk.sendMessage(21);
console.log(await talk.getOneMessage({ filter: (message) => message > 40 }));
await talk.sendMessage('stop');
await show('ipc', talk);
const fed = execaNode(child, [], { ipcInput: 'hi' });
await fed.getOneMessage();
await fed.sendMessage('stop');
await show('ipcInput', fed);
const graceful = new AbortController();
const gentle = execaNode(child, ['graceful'], { cancelSignal: graceful.signal, gracefulCancel: true });
await gentle.getOneMessage();
graceful.abort(new Error('gently'));
await show('graceful', gentle);
await show('no ipc', (async () => execa('true').sendMessage('x'))());
await show('execaNode', execaNode(file('plain.js', 'console.log(process.argv.slice(2), process.execArgv)'), ['a'], { nodeOptions: ['--no-warnings'] }));

// Synchronously.
const sync = (name, start) => {
    try {
        const { stdout, stderr, exitCode, failed, all } = start();
        console.log(name, { stdout, stderr, exitCode, failed, all });
    } catch (error) {
        console.log(name, error.constructor.name, clean(error.message), error.exitCode, error.code, error.timedOut);
    }
};
sync('sync', () => execaSync('echo', ['x']));
sync('sync template', () => $.sync`echo ${'sync template'}`);
sync('sync input', () => execaSync('cat', { input: 'in', all: true }));
sync('sync fails', () => execaSync('sh', ['-c', 'echo no >&2; exit 5']));
sync('sync missing', () => execaSync('surely-not-there'));
sync('sync timeout', () => execaSync('sleep', ['5'], { timeout: 30 }));
sync('sync transform', () => execaSync('printf', ['a\\nb'], { stdout: function* (line) { yield line + line; }, lines: true }));
sync('sync file', () => execaSync('echo', ['synced'], { stdout: { file: target } }));
console.log(fs.readFileSync(target, 'utf8'));

// What is logged.
const verbose = await execa(process.execPath, [file('verbose.mjs', `import { execa } from ${JSON.stringify(import.meta.resolve('execa'))};
await execa('sh', ['-c', 'echo "line one"; exit 2'], { verbose: 'full', reject: false });`)], { all: true, env: { NO_COLOR: '1' } });
console.log(clean(verbose.stderr).replace(/\d\d:\d\d:\d\d\.\d{3}/g, 'TIME'));

// Bound options, many at once, killed at exit.
const bound = $({ stdio: 'pipe', encoding: 'utf8' })({ reject: false });
console.log((await Promise.all([1, 2, 3, 4, 5].map((n) => bound`sh -c ${`echo ${n}; exit ${n}`}`))).map((r) => [r.stdout, r.exitCode]));
for (const bad of [() => execa('echo', ['x'], { stdin: 'nonsense' }), () => execa(5), () => execa('echo', 'x'), () => execa('echo', [], { timeout: -1 })]) {
    try {
        await bad();
    } catch (error) {
        console.log(error.name, error.message);
    }
}
const pending = execa('sleep', ['60']);
pending.catch(() => {});
await sleep(1);
process.exit();
