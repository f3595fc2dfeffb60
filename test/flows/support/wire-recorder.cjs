// Loaded into Node-RED before anything else (`--require`): writes down every HTTP request that a server of this process
// gets, with all headers and both bodies. Node-RED, the built-in server and the devices of the flow are one process and
// speak with each other over HTTP, so this is everything that any of them ever sent. It holds every secret: keep it private.
const { appendFileSync } = require('node:fs');
const { Server } = require('node:http');

const file = process.env.UMA_WIRE_RECORD;
const open = new Set();

function textOf(chunks) {
  return Buffer.concat(chunks).toString('utf8');
}

function record(request, response) {
  const [asked, answered] = [[], []];
  // Listening for `data` would begin to read; every chunk comes through here before anybody reads it.
  const { push } = request;
  request.push = (chunk, ...rest) => {
    if (chunk) asked.push(Buffer.from(chunk));
    return push.call(request, chunk, ...rest);
  };
  for (const name of ['write', 'end']) {
    const original = response[name];
    response[name] = (chunk, ...rest) => {
      if (chunk && typeof chunk !== 'function') answered.push(Buffer.from(chunk));
      return original.call(response, chunk, ...rest);
    };
  }
  const finish = () => {
    if (!open.delete(finish)) return;
    const { method, url, rawHeaders: headers } = request;
    const answer = { status: response.statusCode, head: response._header ?? '', body: textOf(answered) };
    appendFileSync(file, `${JSON.stringify({ method, url, headers, body: textOf(asked), answer })}\n`, { mode: 0o600 });
  };
  open.add(finish);
  response.once('close', finish);
}

if (file) {
  const { emit } = Server.prototype;
  Server.prototype.emit = function (event, ...rest) {
    if (event === 'request') record(...rest);
    return emit.call(this, event, ...rest);
  };
  process.once('exit', () => {
    for (const finish of [...open]) finish();
  });
}
