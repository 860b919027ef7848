// tinyexec: results, pipes, iteration, errors, time limits, local binaries.
import fs from 'node:fs';
import path from 'node:path';
import { x, xSync, exec, NonZeroExitError } from 'tinyexec';

const clean = (text) => String(text).replaceAll(process.execPath, 'EXEC');
async function show(name, start) {
    try {
        const result = await start();
        console.log(name, { stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode });
    } catch (error) {
        console.log(name, error.name, error.code, clean(error.message), error instanceof NonZeroExitError, error.exitCode, error.output);
    }
}
await show('echo', () => x('echo', ['hello', 'a b']));
await show('exec', () => exec('sh', ['-c', 'echo out; echo err >&2; exit 3']));
await show('throws', () => x('sh', ['-c', 'echo out; exit 3'], { throwOnError: true }));
await show('missing', () => x('surely-not-there'));
await show('options', () => x('sh', ['-c', 'pwd; echo $RJS_X'], { nodeOptions: { cwd: '/', env: { RJS_X: 'x' } } }));
await show('pipe', () => x('printf', ['b\\na\\n']).pipe('sort'));
await show('pipes', () => x('printf', ['b\\na\\nc\\n']).pipe('sort').pipe('head', ['-n', '1']));
await show('stdin', () => x('cat', [], { stdin: 'typed' }));
for await (const line of x('sh', ['-c', 'echo one; echo two >&2; printf three'])) console.log('line', line);
const running = x('sleep', ['10']);
console.log(typeof running.pid, running.killed, running.aborted, running.kill('SIGTERM'));
const ended = await running;
console.log(ended.exitCode, running.killed, running.signalCode);
const controller = new AbortController();
const aborted = x('sleep', ['10'], { signal: controller.signal });
controller.abort();
await aborted.then((result) => console.log('aborted', result.exitCode, aborted.aborted), (error) => console.log(error.name, error.code));
const timed = x('sleep', ['10'], { timeout: 30 });
await timed.then((result) => console.log('timed', result.exitCode, timed.aborted, timed.killed), (error) => console.log(error.name, error.code));
const binaries = path.join(import.meta.dirname, 'tinyexec-parts', 'node_modules', '.bin');
fs.mkdirSync(binaries, { recursive: true });
fs.writeFileSync(path.join(binaries, 'local-tool'), '#!/bin/sh\necho local "$@"\n', { mode: 0o755 });
await show('local', () => x('local-tool', ['arg'], { nodeOptions: { cwd: path.join(import.meta.dirname, 'tinyexec-parts') } }));
if (xSync) {
    console.log(xSync('echo', ['sync']));
    console.log(xSync('sh', ['-c', 'exit 9']).exitCode);
}
