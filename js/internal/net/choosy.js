'use strict';

// Connections of servers that do not take every one as it comes, and those that failed.

const { publish } = require('internal/diagnostics');
const { errnoException } = require('internal/errors');
const {
  Socket, kSetKeepAlive, kSetKeepAliveInitialDelay, kSetNoDelay,
} = require('internal/net/socket');

function onConnection(server, status, client) {
  if (status !== 0) {
    server.emit('error', errnoException(status, 'accept'));
    return;
  }
  const { maxConnections } = server;
  if (maxConnections !== undefined && maxConnections !== null && server._connections >= maxConnections) {
    server.emit('drop', dropped(client));
    client.close();
    return;
  }
  if (server.blockList && isBlocked(server.blockList, client)) {
    client.close();
    return;
  }
  const socket = new Socket({
    handle: client,
    allowHalfOpen: server.allowHalfOpen,
    pauseOnCreate: server.pauseOnConnect,
    readable: true,
    writable: true,
    readableHighWaterMark: server.highWaterMark,
    writableHighWaterMark: server.highWaterMark,
  });
  if (server.noDelay && client.setNoDelay) {
    socket[kSetNoDelay] = true;
    client.setNoDelay(true);
  }
  if (server.keepAlive && client.setKeepAlive) {
    socket[kSetKeepAlive] = true;
    socket[kSetKeepAliveInitialDelay] = server.keepAliveInitialDelay;
    client.setKeepAlive(true, server.keepAliveInitialDelay);
  }
  server._connections++;
  socket.server = server;
  socket._server = server;
  server.emit('connection', socket);
  publish('net.server.socket', 'socket', socket);
}

// What 'drop' tells of a connection.
function dropped(client) {
  if (!client.getsockname) return undefined;
  const local = {};
  const remote = {};
  client.getsockname(local);
  client.getpeername(remote);
  return {
    __proto__: null,
    localAddress: local.address, localPort: local.port, localFamily: local.family,
    remoteAddress: remote.address, remotePort: remote.port, remoteFamily: remote.family,
  };
}

function isBlocked(blockList, client) {
  const peer = {};
  if (!client.getpeername || client.getpeername(peer) !== 0) return false;
  return blockList.check(peer.address, peer.family === 'IPv6' ? 'ipv6' : 'ipv4');
}

module.exports = { onConnection };
