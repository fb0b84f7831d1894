// An application that exposes its active users. Its only answer comes after ?duration_ms=.
import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { Counter, Gauge, register } from 'prom-client';

let active = 0;
let since = performance.now();
const seconds = new Counter({
  name: 'active_user_seconds_total',
  help: 'Time integral of active_users since the start.',
  collect: () => change(0), // a scrape gets it up to now
});
new Gauge({ name: 'active_users', help: 'Requests in flight.', collect() { this.set(active); } });

function change(users) {
  const now = performance.now();
  seconds.inc((active * (now - since)) / 1000);
  since = now;
  active += users;
}

async function app(request, response) {
  await setTimeout(Number(new URL(request.url, 'http://app').searchParams.get('duration_ms')));
  response.end('hello\n');
}

const server = createServer(async (request, response) => {
  if (request.url === '/metrics') {
    response.setHeader('Content-Type', register.contentType);
    response.end(await register.metrics());
    return;
  }
  change(+1);
  response.once('close', () => change(-1)); // answered, or the client is gone
  await app(request, response);
});
server.listen(process.env.PORT, process.env.HOST, () => {
  const { address, port } = server.address();
  console.log(`Listening on ${address}:${port}`);
});
