// Chalk: styles, levels, nesting, true colours, templates of our own, and what it takes from the environment.
import { spawnSync } from 'node:child_process';
import chalk, { Chalk, chalkStderr, supportsColor, modifierNames, foregroundColorNames, colorNames } from 'chalk';

const show = (text) => console.log(JSON.stringify(text));
if (process.argv[2] === 'level') {
    console.log(process.argv[3], chalk.level, chalkStderr.level, supportsColor);
    process.exit();
}
for (const level of [0, 1, 2, 3]) {
    const c = new Chalk({ level });
    show(c.red('red'));
    show(c.bold.underline.bgBlue('three'));
    show(c.hex('#ff8800')('hex') + c.bgHex('#123')('short'));
    show(c.rgb(1, 2, 3).visible('rgb'));
    show(c.ansi256(201)('256'));
    show(c.blue(`a ${c.red('b')} c`));
    show(c.green('two\nlines\r\nthree'));
    show(c.dim.italic.strikethrough.inverse.overline('many'));
    show(c('plain', 1, null, undefined, { a: 1 }));
    show(c.red());
}
show(modifierNames.join());
show(foregroundColorNames.length + colorNames.length);
try {
    new Chalk({ level: 9 });
} catch (error) {
    show(String(error));
}
const own = new Chalk({ level: 3 });
const error = own.bold.red;
const warning = own.hex('#FFA500');
console.log(error('Error!'), warning('Warning!'), own.level);
own.level = 0;
console.log(error('none'), own.red('none'));
for (const [name, env, args] of [
    ['nothing', {}, []], ['FORCE_COLOR=3', { FORCE_COLOR: '3' }, []], ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, []],
    ['FORCE_COLOR', { FORCE_COLOR: '' }, []], ['flag', {}, ['--color=256']], ['no flag', { FORCE_COLOR: '1' }, ['--no-color']],
    ['COLORTERM', { FORCE_COLOR: '1', COLORTERM: 'truecolor' }, []], ['CI', { CI: '1', GITHUB_ACTIONS: '1' }, ['--color']],
]) {
    const child = spawnSync(process.execPath, [process.argv[1], 'level', name, ...args], { env, encoding: 'utf8' });
    process.stdout.write(child.stdout + child.stderr);
}
