// Yargs: options, positionals, commands, middleware, help, completion, failures, configuration files.
import fs from 'node:fs';
import path from 'node:path';
import yargs from 'yargs';
import { hideBin, Parser } from 'yargs/helpers';

const here = import.meta.dirname;

async function run(text, build) {
    console.log('$', text);
    const parser = build(yargs(text === '' ? [] : text.split(' ')).scriptName('tool').exitProcess(false).wrap(72));
    try {
        await parser.parse(text, (error, argv, output) => {
            if (error) console.log('error', error.name, error.message);
            console.log(JSON.stringify(argv));
            if (output) console.log(output);
        });
    } catch (error) {
        console.log('thrown', error.name, error.message);
    }
}

const full = (y) => y
    .usage('$0 <command> [options]')
    .command(['serve [port]', 's'], 'serve something', (inner) => inner
        .positional('port', { type: 'number', default: 5000, describe: 'where' })
        .option('host', { alias: 'H', type: 'string', demandOption: true }), (argv) => console.log('serving', argv.host, argv.port))
    .command('slow', 'takes time', {}, async () => { await null; console.log('slow is done'); })
    .command('fails', 'throws', {}, () => { throw new TypeError('on purpose'); })
    .option('verbose', { alias: 'v', count: true, describe: 'say more' })
    .option('size', { choices: ['s', 'm', 'l'], default: 'm' })
    .option('list', { array: true, number: true })
    .option('nested.value', { coerce: (value) => `<${value}>` })
    .group(['size', 'list'], 'Shape:')
    .implies('key', 'value').conflicts('left', 'right')
    .middleware((argv) => { argv.seen = true; })
    .example('$0 serve -H me', 'an example')
    .epilogue('That is all.')
    .version('9.8.7')
    .strictCommands()
    .recommendCommands();

await run('serve 80 --host me -vvv', full);
await run('s -H you --size=l --list 1 2 3 --no-flag -- rest of it', full);
await run('serve', full);
await run('slow', full);
await run('fails', full);
await run('--help', full);
await run('serve --help', full);
await run('--version', full);
await run('srve', full);
await run('serve -H me --size huge', full);
await run('serve -H me --key 1', full);
await run('serve -H me --left --right', full);
await run('--a.b.c 1 --nested.value x serve -H me', full);
await run('--get-yargs-completions tool s', (y) => full(y).completion());
await run('--get-yargs-completions tool --si', (y) => full(y).completion());
await run('', (y) => y.demandCommand(1, 'a command, please'));
await run('--unknown 1', (y) => y.strict());
await run('--hilfe', (y) => y.locale('de').help('hilfe'));

const configuration = path.join(here, 'yargs-configuration.json');
fs.writeFileSync(configuration, JSON.stringify({ colour: 'green', deep: { n: 1 } }));
const configured = await yargs(['--settings', configuration]).config('settings').parse();
console.log(configured.colour, configured.deep);
process.env.TOOL_SHAPE = 'round';
console.log(yargs([]).env('TOOL').parse().shape);
console.log(Parser('--foo=99 --bar 9.25 --no-baz -xyz --list a b', { array: ['list'], boolean: ['x'] }));
console.log(hideBin(['node', 'file', 'x']));
yargs().scriptName('tool').showCompletionScript();
const exits = yargs(['--bad']).scriptName('tool').strict().showHelpOnFail(false, 'see --help');
process.on('exit', (code) => console.log('exit', code));
await exits.parse();
