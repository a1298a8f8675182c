import type { AddressInfo } from 'node:net';
import express from 'express';

/**
 * The peer of sign-ins over HTTP: a bare Express server that parses bodies and answers with bodies of given sizes,
 * and does nothing else. Prints its port as soon as it answers.
 */
const [challengeSize = 0, loginSize = 0] = process.argv.slice(2).map(Number);

/** JSON of `size` octets. */
function answerOf(size: number) {
  return { text: 'x'.repeat(Math.max(0, size - '{"text":""}'.length)) };
}

const app = express();
app.use(express.json({ limit: '384kb' }));
const challenge = answerOf(challengeSize);
const login = answerOf(loginSize);
app.post('/v1/challenges', (_request, response) => {
  response.json(challenge);
});
app.post('/v1/logins', (_request, response) => {
  response.json(login);
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
