// nano-spawn: results, errors, lines, pipes, sub-process options, what awaits what.
import fs from 'node:fs';
import path from 'node:path';
import spawn, { SubprocessError } from 'nano-spawn';

const clean = (text) => String(text).replaceAll(process.execPath, 'EXEC').replaceAll(import.meta.dirname, 'DIR');
async function show(name, subprocess) {
    try {
        const { stdout, stderr, output, command, durationMs, pipedFrom } = await subprocess;
        console.log(name, { stdout, stderr, output, command: clean(command), time: typeof durationMs, pipedFrom: pipedFrom?.stdout });
    } catch (error) {
        console.log(name, error.name, error instanceof SubprocessError, clean(error.message), error.exitCode, error.signalName, error.stdout, error.stderr, error.cause?.code);
    }
}
await show('echo', spawn('echo', ['a', 'b c']));
await show('both', spawn('sh', ['-c', 'echo out; sleep 0.05; echo err >&2']));
await show('fails', spawn('sh', ['-c', 'echo out; echo err >&2; exit 2']));
await show('missing', spawn('surely-not-there'));
await show('signal', spawn('sh', ['-c', 'kill -TERM $$']));
await show('string input', spawn('cat', { stdin: { string: 'typed' } }));
await show('env', spawn('sh', ['-c', 'echo $RJS_V'], { env: { RJS_V: 'value' } }));
await show('cwd', spawn('pwd', { cwd: '/' }));
await show('cwd url', spawn('pwd', { cwd: new URL('file:///') }));
await show('shell', spawn('echo $((1+1))', { shell: true }));
await show('timeout', spawn('sleep', ['5'], { timeout: 30 }));
await show('abort', spawn('sleep', ['5'], { signal: AbortSignal.abort() }));
await show('pipe', spawn('printf', ['b\\na\\n']).pipe('sort').pipe('head', ['-n', '1']));
await show('pipe of a failure', spawn('sh', ['-c', 'echo x; exit 3']).pipe('cat'));
await show('pipe into a failure', spawn('echo', ['x']).pipe('surely-not-there'));
await show('node', spawn('node', ['-p', '6 * 7']));
for await (const line of spawn('printf', ['x\\ny\\n'])) console.log('line', line);
const subprocess = spawn('sh', ['-c', 'echo one; echo two >&2; exit 1']);
try {
    for await (const line of subprocess.stdout) console.log('stdout', line);
    await subprocess;
} catch (error) {
    console.log(error.message.replace(/\n[^]*/, ''));
}
const nodeChild = await spawn('cat').nodeChildProcess;
nodeChild.stdin.end();
console.log(typeof nodeChild.pid, nodeChild.spawnfile);
const binaries = path.join(import.meta.dirname, 'nano-parts', 'node_modules', '.bin');
fs.mkdirSync(binaries, { recursive: true });
fs.writeFileSync(path.join(binaries, 'nano-tool'), '#!/bin/sh\necho local "$@"\n', { mode: 0o755 });
await show('local', spawn('nano-tool', ['x'], { preferLocal: true, cwd: path.join(import.meta.dirname, 'nano-parts') }));
await show('inherited', spawn('echo', ['to my own output'], { stdout: 'inherit' }));
