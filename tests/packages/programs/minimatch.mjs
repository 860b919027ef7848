// minimatch: patterns of every kind against names, options, filters, regular expressions, braces.
import { minimatch, Minimatch, filter, braceExpand, escape, unescape, GLOBSTAR, defaults } from 'minimatch';

const names = ['a.js', 'b.ts', '.hidden.js', 'dir/a.js', 'dir/sub/b.js', 'dir/.git/c.js', 'a[1].js', 'A.JS', 'x{1,2}', 'ä.js', '', 'dir/', 'a.b.c', '#c', '!neg'];
for (const pattern of ['*.js', '**/*.js', '*', '**', 'dir/**', '{a,b}.{js,ts}', '[a-b].?s', '!*.js', '+(a|b).*', '@(dir|x*)/**/?.js', '*.!(js)', '?(a).js', '[[:alpha:]].js',
    'a\\[1\\].js', '{1..3}', '**/.*/**', '#c', '\\!neg', 'dir/*/', '[!a]*', '*(a|.|b|c)', '[z-a]', 'a{', '']) {
    console.log(JSON.stringify(pattern), names.filter((name) => minimatch(name, pattern)), names.filter((name) => minimatch(name, pattern, { dot: true, nocase: true, matchBase: true })));
    console.log('  ', new Minimatch(pattern).set?.map((parts) => parts.map((part) => (typeof part === 'object' ? String(part) : part))));
}
console.log(braceExpand('a{b,c{d,e}}{1..4..2}'), braceExpand('{01..10}').join(), braceExpand('x{}y'));
console.log(names.filter(filter('*.js')), minimatch.match(names, 'nothing*', { nonull: true }));
console.log(escape('a*[b]?'), unescape('a[*][[]b]'), String(GLOBSTAR));
const mm = new Minimatch('src/**/test/{*.js,*.mjs}', { optimizationLevel: 2 });
console.log(mm.set.map((part) => part.map(String)), mm.globParts, mm.hasMagic(), mm.match('src/a/b/test/x.mjs'), mm.match('src/x.js'));
console.log(new Minimatch('!a/b', { flipNegate: true }).negate, new Minimatch('# comment').comment, new Minimatch('dir/*', { partial: true }).match('dir'));
const own = defaults({ dot: true });
console.log(own('.x', '*'), own('.x', '*', { dot: false }));
for (const bad of [undefined, {}, 'x'.repeat(70000)]) {
    try { minimatch('a', bad); } catch (error) { console.log(error.name, error.message); }
}
