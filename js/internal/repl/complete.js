'use strict';

// What may stand at the end of a line. Nothing of the program runs for it: getters do not.

const { members, valueOf } = require('internal/repl/native');
const fs = require('fs');
const path = require('path');

const KEYWORDS = (
  'async await break case catch const continue debugger default delete do else export false finally for function ' +
  'if import in instanceof let new null return switch this throw true try typeof var void while with yield'
).split(' ');
const SPECIFIER = /\b(?:require|import)\s*\(\s*(['"`])([^'"`]*)$/;
const FILE = /\bfs(?:\.promises)?\s*\.\s*[a-z]\w*\(\s*(['"])([^'"]*)$/i;
const CHAIN = /(?:[\w$\])"'`}]\s*\??\.\s*)?[\w$]*$/;
const NAMES = /((?:[\p{ID_Start}$_][\p{ID_Continue}$]*\??\.)*)([\p{ID_Start}$_]?[\p{ID_Continue}$]*)$/u;
const LITERAL = /(\[\]|''|""|``|\(""\)|\(''\))(\??\.)([\w$]*)$/;
const HIDDEN = /^__(?:define|lookup)[GS]etter__$/;

function complete(server, line, callback) {
  const command = /^\s*\.(\w*)$/.exec(line);
  if (command !== null) {
    const names = Object.keys(server.commands).filter((name) => name.startsWith(command[1]));
    callback(null, [names, command[1]]);
    return;
  }
  callback(null, specifiers(line) ?? files(line) ?? expression(server, line));
}

// In the editor, where a list would be in the way, what all have in common.
const common = (callback) => (error, found) => {
  if (error || found[0].length < 2) return callback(error, found);
  const names = found[0].filter((name) => name !== '');
  let prefix = names[0];
  for (const name of names) {
    while (!name.startsWith(prefix)) prefix = prefix.slice(0, -1);
  }
  return callback(null, [[prefix], found[1]]);
};

const isLike = (prefix) => {
  const wanted = prefix.toLowerCase();
  return (name) => name.toLowerCase().startsWith(wanted);
};

// The groups, the last of them first, with an empty text between two.
function joined(groups, prefix, on) {
  const lists = groups.map((group) => group.filter(isLike(prefix)).sort()).filter((group) => group.length > 0);
  return [lists.flatMap((list, index) => (index > 0 ? ['', ...list] : list)), on];
}

// In `require('…` and `import('…`.
function specifiers(line) {
  const match = SPECIFIER.exec(line);
  if (match === null) return undefined;
  const [, , prefix] = match;
  if (/^[./]/.test(prefix)) return [inFolder(prefix, true), prefix];
  const known = require('internal/repl/evaluate').modules.get();
  const plain = known.filter((name) => !name.startsWith('node:') && name.startsWith(prefix));
  const builtin = require('module').builtinModules.filter((name) => !name.startsWith('_'));
  const prefixed = builtin.map((name) => (name.startsWith('node:') ? name : `node:${name}`))
    .filter((name) => name.startsWith(prefix));
  const groups = [plain.sort(), prefixed.sort()].filter((group) => group.length > 0);
  return [groups.flatMap((group, index) => (index > 0 ? ['', ...group] : group)), prefix];
}

// In the first argument of a function of fs.
function files(line) {
  const match = FILE.exec(line);
  if (match === null) return undefined;
  let prefix = match[2];
  if (prefix !== '' && !prefix.endsWith('/') && isFolder(prefix)) prefix += '/';
  return [inFolder(prefix, false).map((name) => path.basename(name)), prefix.slice(prefix.lastIndexOf('/') + 1)];
}

function isFolder(name) {
  return fs.statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function inFolder(prefix, isModule) {
  const at = prefix.lastIndexOf('/') + 1;
  const [folder, start] = [prefix.slice(0, at), prefix.slice(at)];
  let entries;
  try {
    entries = fs.readdirSync(folder === '' ? '.' : folder, { withFileTypes: true });
  } catch {
    return [];
  }
  const names = [];
  for (const entry of entries) {
    if (!entry.name.startsWith(start)) continue;
    if (entry.isDirectory()) names.push(`${folder}${entry.name}/`);
    else names.push(folder + (isModule ? entry.name.replace(/\.(?:js|json|node)$/, '') : entry.name));
  }
  return names.sort();
}

function expression(server, line) {
  const literal = LITERAL.exec(line);
  if (literal !== null) {
    const [, text, dot, prefix] = literal;
    const value = text === '[]' ? [] : '';
    return ofMembers(value, `${text}${dot}`, prefix);
  }
  if (/[)\]}"'`]\s*\??\.[\w$]*$/.test(line)) return [[], CHAIN.exec(line)[0]];
  const [, owner, prefix] = NAMES.exec(line);
  if (owner === '') return ofGlobals(server, line, prefix);
  const found = valueOf(owner.replace(/\??\.$/, ''), server.context);
  if (found === undefined || found[0] === undefined || found[0] === null) return [[], owner + prefix];
  return ofMembers(found[0], owner, prefix);
}

function ofMembers(value, owner, prefix) {
  const groups = members(value).map((names) =>
    names.filter((name) => !HIDDEN.test(name)).map((name) => `${owner}${name}`));
  return joined(groups.reverse(), `${owner}${prefix}`, `${owner}${prefix}`);
}

function ofGlobals(server, line, prefix) {
  if (prefix === '' && line.trim() !== '' && !/[\s=(,;:[{+\-*/!&|?<>~^%]$/.test(line)) return [[], ''];
  // A name that is being declared is the program's to choose.
  if (/\b(?:let|const|var|function|class)\s+[\w$]*$/.test(line)) return [[], prefix];
  const levels = members(server.context).map((names) => names.filter((name) => !HIDDEN.test(name)));
  const own = new Set(levels[0]);
  const language = members(globalThis)[0].filter((name) => !own.has(name));
  levels[0] = [...levels[0], ...(server.useGlobal ? [] : language)];
  return joined(prefix === '' ? levels : [KEYWORDS, ...levels], prefix, prefix);
}

module.exports = { common, complete };
