'use strict';

// The commands that begin with a dot; the conversation is `this`.

const fs = require('fs');

function leave() {
  this.clearBufferedCommand();
  this.displayPrompt();
}

const commands = {
  __proto__: null,

  break: {
    help: 'Sometimes you get stuck, this gets you out',
    action: leave,
  },

  clear: {
    get help() { return 'Break, and also clear the local context'; },
    action() {
      const server = this;
      server.clearBufferedCommand();
      if (!server.useGlobal) beginAnew(server);
      server.displayPrompt();
    },
  },

  exit: {
    help: 'Exit the REPL',
    action() { this.close(); },
  },

  help: {
    help: 'Print this help message',
    action() {
      const names = Object.keys(this.commands).sort();
      const width = Math.max(...names.map((name) => name.length));
      for (const name of names) {
        const { help } = this.commands[name];
        const space = ' '.repeat(width - name.length + 3);
        this.output.write(help ? `.${name}${space}${help}\n` : `.${name}\n`);
      }
      this.output.write('\nPress Ctrl+C to abort current expression, Ctrl+D to exit the REPL\n');
      this.displayPrompt();
    },
  },

  save: {
    help: 'Save all evaluated commands in this REPL session to a file',
    action(file) {
      try {
        if (file === '') throw missing('save');
        fs.writeFileSync(file, this.lines.join('\n'));
        this.output.write(`Session saved to: ${file}\n`);
      } catch (error) {
        this.output.write(failure(error) ?? `Failed to save: ${file}\n`);
      }
      this.displayPrompt();
    },
  },

  load: {
    help: 'Load JS from a file into the REPL session',
    action(file) {
      try {
        if (file === '') throw missing('load');
        if (fs.statSync(file).isFile()) {
          const text = fs.readFileSync(file, 'utf8');
          edit(this);
          this._isLoading = true;
          this.write(text);
          this._isLoading = false;
          this.editorMode = false;
          this.write('\n');
          return;
        }
        this.output.write(`Failed to load: ${file} is not a valid file\n`);
      } catch (error) {
        this.output.write(failure(error) ?? `Failed to load: ${file}\n`);
      }
      this.displayPrompt();
    },
  },

  editor: {
    help: 'Enter editor mode',
    action() {
      edit(this);
      this.output.write('// Entering editor mode (Ctrl+D to finish, Ctrl+C to cancel)\n');
    },
  },
};

function beginAnew(server) {
  server.output.write('Clearing context...\n');
  server.resetContext();
}

// The lines that follow are one text.
function edit(server) {
  server.editorMode = true;
  server.clearBufferedCommand();
  require('readline').Interface.prototype.setPrompt.call(server, '');
}

function missing(command) {
  const { coded } = require('internal/errors');
  return coded('ERR_MISSING_ARGS', `The "file" argument must be specified`, command);
}

function failure(error) {
  return error.code === 'ERR_MISSING_ARGS' ? `${error.message}\n` : undefined;
}

module.exports = { commands };
