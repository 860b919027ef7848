// zx: commands in templates, and what it brings along.
import { $, ProcessOutput, argv, cd, chalk, echo, fs, glob, nothrow, os, path, question, quote, retry, sleep, spinner, which, within, YAML } from 'zx';

$.verbose = false;
console.log((await $`echo ${'a b; $(x)'} ${['c', 'd e']}`).stdout);
const failed = await $`echo out; echo err >&2; exit 3`.nothrow();
console.log(failed.exitCode, failed.stdout, failed.stderr, failed.ok, failed instanceof ProcessOutput);
try {
  await $`exit 2`;
} catch (error) {
  console.log(error.exitCode, error.message.split('\n').some((line) => line.includes('exit code: 2')));
}
console.log((await $`printf 'b\na\n'`.pipe($`sort`)).lines(), await $`echo '{"a":1}'`.json(), (await $({ input: 'given' })`cat`).text());
console.log((await $({ env: { ...process.env, VALUE: 'v' } })`echo $VALUE`).text().trim(), $.sync`echo sync`.stdout);
const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'zx-'));
await within(async () => {
  cd(folder);
  await $`touch one two`;
  console.log((await glob('*', { cwd: folder })).sort(), (await $`pwd`).text().trim() === await fs.realpath(folder));
});
let tries = 0;
console.log(await retry(3, () => { if (++tries < 2) throw new Error('again'); return tries; }), quote("it's"), typeof which, typeof question, typeof spinner);
const slow = $`sleep 60`.timeout('50ms', 'SIGKILL').nothrow();
console.log((await slow).signal);
const killed = $`sleep 60`.nothrow();
await sleep(20);
await killed.kill('SIGTERM');
console.log((await killed).signal, YAML.parse('a: [1, 2]'), argv._, chalk.level >= 0);
echo`echoed ${1}`;
for await (const line of $`printf '1\n2\n'`) console.log('line', line);
await $`rm -r ${folder}`;
