// listr2, ora and meow: what they print where there is no terminal.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Listr } from 'listr2';
import meow from 'meow';
import ora from 'ora';

if (process.argv.length > 2) {
  const cli = meow('Usage\n  $ foo <input>\n\nOptions\n  --rainbow, -r  colours', {
    importMeta: import.meta, description: 'the description', version: '1.2.3',
    flags: { rainbow: { type: 'boolean', shortFlag: 'r' }, size: { type: 'number', default: 2 }, list: { type: 'string', isMultiple: true } },
  });
  console.log(cli.input, cli.flags, cli.unnormalizedFlags);
} else {
  const context = await new Listr([
    { title: 'one', task: async (ctx) => { ctx.one = 1; } },
    { title: 'skipped', skip: () => 'why', task: () => {} },
    { title: 'many', task: (ctx, task) => task.newListr([{ title: 'a', task: async (_, inner) => { inner.output = 'from a'; } }, { title: 'b', task: () => {} }], { concurrent: true }) },
    { title: 'fails', exitOnError: false, task: () => { throw new Error('of the task'); } },
    { title: 'retried', retry: 2, task: (ctx) => { ctx.tries = (ctx.tries ?? 0) + 1; if (ctx.tries < 2) throw new Error('again'); } },
  ], { renderer: 'simple', collectErrors: 'minimal' }).run();
  console.log(context);
  await new Listr([{ title: 'ends', task: async () => { throw new TypeError('the end'); } }], { renderer: 'silent' }).run().catch(({ name, message }) => console.log(name, message));

  const spinner = ora({ text: 'working', stream: process.stdout }).start();
  spinner.text = 'still';
  spinner.succeed('done');
  spinner.start('more').fail();
  console.log(spinner.isSpinning, spinner.text);

  const run = (...args) => {
    try {
      console.log(execFileSync(process.execPath, [fileURLToPath(import.meta.url), ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    } catch ({ status, stdout }) {
      console.log(status, stdout);
    }
  };
  run('in', '-r', '--size=5', '--list', 'a', '--list', 'b');
  run('--help');
  run('--version');
}
