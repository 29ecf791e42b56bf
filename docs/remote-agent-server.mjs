// A remote agent in whatever language: this one says hello, once a person has agreed.
// Start it with: PORT=9000 node docs/remote-agent-server.mjs
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

const answers = new Map(); // By idempotency key: what was done for a key is not done again.

function answer({ request, state, decision }) {
  if (state === null)
    return {
      kind: 'approval',
      toolCallId: 'hello-1',
      tool: 'say_hello',
      arguments: { to: request.message },
      reason: 'Nobody is greeted without being asked.',
      state: { asked: true },
    };
  if (decision?.decision === 'APPROVE') return { kind: 'done', text: `Hello, ${request.message}!` };
  return { kind: 'done', text: `I said nothing: ${decision?.reason ?? 'nobody agreed'}.` };
}

const server = createServer(async (request, response) => {
  if (request.headers.authorization !== 'Bearer remote-token') {
    response.writeHead(401).end('Who are you?');
    return;
  }
  const step = await json(request);
  if (!answers.has(step.idempotencyKey)) answers.set(step.idempotencyKey, answer(step));
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(answers.get(step.idempotencyKey)));
});
server.listen(Number(process.env.PORT ?? 9000), '127.0.0.1', () =>
  process.stdout.write(`The remote agent listens on ${server.address().port}\n`),
);
