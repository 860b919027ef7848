'use strict';

// How a request's socket is made, by an agent or without one.

const { nextTick } = require('process');
const { publish } = require('internal/diagnostics');

// Makes a socket by a function that answers with it or calls back; the first word counts.
function obtain(owner, make, options, callback) {
  let isOpen = true;
  const answer = (error, socket) => {
    if (!isOpen) return;
    isOpen = false;
    callback(error, socket);
  };
  const made = make.call(owner, options, answer);
  if (made) answer(null, made);
}

// The name by which a server is asked for, as far as it is one: an address is none.
function serverName(host, field) {
  let name = host;
  if (typeof field === 'string' && field !== '') {
    const isBracketed = field[0] === '[';
    const end = field.indexOf(isBracketed ? ']' : ':');
    name = end === -1 ? field : field.slice(isBracketed ? 1 : 0, end);
  }
  return require('net').isIP(name) === 0 ? name : '';
}

function tellError(request, error) {
  publish('http.client.request.error', 'request', request, 'error', error);
  request.emit('error', error);
}

// Gives a request that has no agent a connection of its own. What goes wrong there is told, and no more: nothing was begun.
function connectAlone(request, options) {
  const wish = { ...options, path: options.socketPath };
  const { createConnection } = options;
  if (typeof createConnection !== 'function') {
    request.onSocket(require('net').createConnection(wish));
    return;
  }
  const fail = (error) => nextTick(tellError, request, error);
  try {
    obtain(options, createConnection, wish, (error, socket) => {
      if (error) fail(error);
      else request.onSocket(socket);
    });
  } catch (error) {
    fail(error);
  }
}

module.exports = { connectAlone, obtain, serverName, tellError };
