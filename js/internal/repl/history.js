'use strict';

// The lines of earlier conversations, in a file.

const fs = require('fs');
const path = require('path');

const DELAY = 15;
const MODE = 0o600;
const NOT_KEPT = '\nError: Could not open history file.\nREPL session history will not be persisted.\n';

function decode(config, callback) {
  const options = config !== null && typeof config === 'object' ? config : { filePath: config };
  const { filePath, size, removeHistoryDuplicates, onHistoryFileLoaded = callback } = options;
  require('internal/validate').validateFunction(onHistoryFileLoaded, 'callback');
  return { filePath, size, removeHistoryDuplicates, loaded: onHistoryFileLoaded };
}

function defaultPath() {
  return path.join(require('os').homedir(), '.node_repl_history');
}

function setup(server, config, callback) {
  const { filePath, size, removeHistoryDuplicates, loaded } = decode(config, callback);
  if (size !== undefined) server.historySize = size;
  if (removeHistoryDuplicates !== undefined) server.removeHistoryDuplicates = removeHistoryDuplicates;
  if (typeof filePath === 'string' && filePath.trim() === '') {
    loaded(null, server);
    return;
  }
  const file = filePath ?? defaultPath();
  server.pause();
  fs.open(file, 'a+', MODE, (error, fd) => {
    if (error) {
      server.output.write(NOT_KEPT);
      begin(server, loaded);
      return;
    }
    fs.close(fd, () => read(server, file, loaded));
  });
}

function begin(server, loaded) {
  if (!server.closed) server.resume();
  loaded(null, server);
}

function read(server, file, loaded) {
  fs.readFile(file, 'utf8', (error, text) => {
    if (error) {
      loaded(error);
      return;
    }
    const lines = text === '' ? [] : text.split(/\r?\n+/);
    server.history = [...server.history, ...lines].slice(0, server.historySize);
    keep(server, file);
    begin(server, loaded);
  });
}

// Writes the lines a moment after the last one; at the end, what was not written yet.
function keep(server, file) {
  let timer;
  let isWriting = false;
  let isStale = false;
  const write = () => {
    timer = undefined;
    if (isWriting) {
      isStale = true;
      return;
    }
    isWriting = true;
    const text = server.history.join('\n');
    fs.writeFile(file, text, { mode: MODE }, (error) => {
      isWriting = false;
      if (error) server.output.write(NOT_KEPT);
      if (isStale) {
        isStale = false;
        write();
        return;
      }
      server.historyManager.isFlushing = timer !== undefined;
      if (timer === undefined) server.emit('flushHistory');
    });
  };
  server.on('line', () => {
    server.historyManager.isFlushing = true;
    clearTimeout(timer);
    timer = setTimeout(write, DELAY);
  });
}

module.exports = { setup };
