// concurrently: its binary with prefixes, names, failures, restarts, killing others, and its API.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import concurrently from 'concurrently';

const binary = path.join(import.meta.dirname, 'node_modules/.bin/concurrently');
const clean = (text) => text.replaceAll(process.execPath, 'EXEC').replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}/g, 'TIME').replace(/\b\d{3,}\b/g, 'N');
// Lines of different commands race; within one command they are in order.
const sorted = (text) => text.split('\n').map((line, index) => [line, index])
    .sort(([a, i], [b, j]) => { const p = a.slice(0, 5), q = b.slice(0, 5); return p < q ? -1 : p > q ? 1 : i - j; }).map(([line]) => line).join('\n');

function run(...args) {
    const child = spawnSync(process.execPath, [binary, ...args], { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
    console.log('$', args.join(' '), '→', child.status, child.signal);
    console.log(sorted(clean(child.stdout)));
    if (child.stderr) console.log('stderr', clean(child.stderr));
}

run('echo one', 'echo two');
run('-n', 'first,second', 'echo one; echo more', 'sleep 0.1; echo two');
run('--raw', 'echo raw');
run('-p', '[{index}-{name}-{command}]', '-n', 'x', 'echo a');
run('-p', 'none', 'echo bare');
run('--success', 'first', 'exit 0', 'sleep 0.1; exit 1');
run('--success', 'last', 'exit 0', 'sleep 0.1; exit 3');
run('--kill-others', 'sleep 0.1; echo done', 'sleep 20');
run('--kill-others-on-fail', 'sleep 0.1; exit 2', 'sleep 20');
run('--restart-tries', '2', '--restart-after', '10', 'echo again; exit 1');
run('-g', 'sleep 0.1; echo slow', 'echo fast');
run('--max-processes', '1', 'echo p1', 'echo p2', 'echo p3');
run('--hide', '0', 'echo hidden', 'echo shown');
run('--passthrough-arguments', 'echo {1} {@}', '--', 'a', 'b c');
run('--teardown', 'echo torn down', 'echo work');
run('--help');
run('--version');
run();

const output = new PassThrough();
let text = '';
output.setEncoding('utf8').on('data', (part) => { text += part; });
const { result, commands } = concurrently([
    { command: 'echo $RJS_NAME; exit 1', name: 'env', env: { RJS_NAME: 'given' } },
    { command: `${process.execPath} -p 6*7`, name: 'answer', prefixColor: 'blue' },
], { outputStream: output, prefix: 'name', killOthersOn: [], successCondition: 'all' });
commands[0].stateChange?.subscribe((state) => console.log('state', state));
commands[0].close.subscribe((event) => console.log('close', event.exitCode, event.killed, event.index));
await result.then(() => console.log('all went well'), (events) => console.log('failed', events.map((event) => [event.command.name, event.exitCode]).sort()));
console.log(sorted(clean(text)));
