// npm-run-all2: run-s, run-p and npm-run-all over a package with scripts; patterns, arguments, labels, failures; its API.
import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { createRequire } from 'node:module';

const folder = path.join(import.meta.dirname, 'npm-run-all-parts');
const bin = (name) => path.join(import.meta.dirname, 'node_modules/.bin', name);
fs.mkdirSync(folder, { recursive: true });
fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({
    name: 'parts', version: '1.0.0', config: { word: 'configured' },
    scripts: {
        'one': 'echo one', 'two': 'sleep 0.1 && echo two', 'echo': 'echo args:', 'fail': 'exit 3', 'slow': 'sleep 30',
        'build:js': 'echo js', 'build:css': 'echo css', 'build:css:min': 'echo min', 'word': 'echo $npm_package_config_word',
    },
}));
const order = (text) => text.split('\n').sort().join('\n');
const quiet = (text) => text.split('\n').filter((line) => line !== '' && !line.startsWith('> ')).join('\n')
    .replaceAll(folder, 'DIR').replaceAll(process.execPath, 'EXEC').replace(/^.*npm (error|ERR!|notice|warn).*\n?/gm, '');
function run(name, args, shape = (text) => text) {
    const child = spawnSync(process.execPath, [bin(name), ...args], { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', npm_config_loglevel: 'silent', npm_config_update_notifier: 'false' } });
    console.log('$', name, args.join(' '), '→', child.status, child.signal);
    console.log(shape(quiet(child.stdout)));
    console.log(quiet(child.stderr));
}
run('run-s', ['one', 'two']);
run('run-s', ['build:*']);
run('run-s', ['build:**']);
run('run-s', ['fail', 'one']);
run('run-s', ['-c', 'fail', 'one']);
run('run-s', ['echo first', 'echo -- {1} {@}', '--', 'x', 'y z']);
run('run-p', ['one', 'two'], order);
run('run-p', ['-l', 'one', 'build:js'], order);
run('run-p', ['slow', 'fail']);
run('run-p', ['-r', 'one', 'two', 'slow']);
run('run-p', ['--max-parallel', '1', '--aggregate-output', 'one', 'two']);
run('npm-run-all', ['one', '-p', 'build:js', 'build:css', '-s', 'two'], order);
run('npm-run-all', ['--print-name', 'one']);
run('npm-run-all', ['nothing']);
run('npm-run-all', ['--nonsense']);
run('npm-run-all', ['--version']);
run('run-s', ['--help']);

process.chdir(folder);
process.env.npm_config_loglevel = 'silent';
const all = createRequire(import.meta.url)('npm-run-all2');
const stdout = new PassThrough();
let text = '';
stdout.setEncoding('utf8').on('data', (part) => { text += part; });
const results = await all(['one', 'two'], { parallel: true, stdout });
console.log(results.map(({ name, code }) => [name, code]), order(quiet(text)));
await all(['fail'], {}).catch((error) => console.log(error.name, error.message, error.results.map(({ name, code }) => [name, code])));
