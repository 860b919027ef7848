'use strict';
// Commander: options of every kind, subcommands, help, errors, hooks, a subcommand that is an executable of its own.
const { Command, Option, Argument, InvalidArgumentError } = require('commander');
const fs = require('fs');
const path = require('path');

function program() {
    const top = new Command('tool');
    top.exitOverride();
    top.configureOutput({
        writeOut: (text) => process.stdout.write(`[out] ${text}`),
        writeErr: (text) => process.stdout.write(`[err] ${text}`),
        getOutHelpWidth: () => 70,
        getErrHelpWidth: () => 70,
    });
    top.description('A tool with much to say about what it does, long enough to be wrapped over several lines of help.')
        .version('1.2.3', '-V, --version', 'show the version')
        .option('-d, --debug', 'show more')
        .option('-n, --number <n>', 'a number', (text) => {
            const value = Number(text);
            if (Number.isNaN(value)) throw new InvalidArgumentError('Not a number.');
            return value;
        }, 7)
        .option('-l, --list <items...>', 'several')
        .option('--no-colour', 'without colours')
        .addOption(new Option('-s, --size <size>', 'a size').choices(['small', 'large']).default('small', 'the smallest'))
        .addOption(new Option('-p, --port <port>', 'a port').env('TOOL_PORT'))
        .addOption(new Option('--secret').hideHelp())
        .addOption(new Option('--free', 'no cost').conflicts('port'))
        .hook('preAction', (self, action) => console.log('before', action.name()))
        .hook('postAction', (self, action) => console.log('after', action.name()));
    top.command('add <first> [rest...]').alias('a').description('add numbers')
        .action((first, rest, options, command) => {
            console.log('sum', [first, ...rest].map(Number).reduce((x, y) => x + y), command.optsWithGlobals());
        });
    top.command('wait').argument('[ms]', 'how long', (text) => Number.parseInt(text, 10), 1)
        .action(async (ms) => { await new Promise((done) => { setTimeout(done, ms); }); console.log('waited', ms); });
    const remote = top.command('remote').description('about remotes');
    remote.command('list').option('-v').action((options) => console.log('list', options));
    remote.addCommand(new Command('drop').copyInheritedSettings(remote).addArgument(new Argument('<what>', 'name').choices(['a', 'b'])).action((what) => console.log('drop', what)));
    return top;
}

async function run(...args) {
    console.log('$', args.join(' '));
    const tool = program();
    try {
        await tool.parseAsync(args, { from: 'user' });
    } catch (error) {
        console.log(error.constructor.name, error.code, error.exitCode, error.message);
    }
}

async function all() {
    await run('add', '1', '2', '3');
    await run('-d', '-n', '5', '--size=large', '--no-colour', 'a', '40', '2');
    await run('-l', 'x', 'y', 'z', '--', 'add', '1');
    await run('wait', '3');
    await run('remote', 'list', '-v');
    await run('remote', 'drop', 'a');
    await run('remote', 'drop', 'c');
    await run('--help');
    await run('help', 'remote');
    await run('remote', 'drop', '--help');
    await run('--version');
    await run('ad');
    await run('--nubmer', '1', 'add', '1');
    await run('-n', 'one', 'add', '1');
    await run('-s', 'middle', 'add', '1');
    await run('add');
    process.env.TOOL_PORT = '80';
    await run('add', '1');
    await run('--free', 'add', '1');
    const outer = new Command('outer').exitOverride().executableDir(path.join(__dirname, 'commander-parts'));
    outer.command('inner [args...]', 'an executable of its own', { executableFile: 'inner.js' });
    fs.mkdirSync(path.join(__dirname, 'commander-parts'), { recursive: true });
    fs.writeFileSync(path.join(__dirname, 'commander-parts', 'inner.js'), "console.log('inner', process.argv.slice(2)); process.exitCode = 3;\n");
    await outer.parseAsync(['inner', 'one', 'two'], { from: 'user' });
}

process.on('exit', (code) => console.log('exit', code));
all();
