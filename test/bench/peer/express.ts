import { generateKeyPairSync, sign, verify } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express from 'express';

/**
 * The peer of sign-ins over HTTP: a bare Express server that parses bodies and answers with bodies of given sizes,
 * and does nothing else; with a third argument `signing`, it also verifies and makes one P-256 signature a login by
 * node:crypto. Prints its port as soon as it answers.
 */
const [challengeSize = 0, loginSize = 0] = process.argv.slice(2, 4).map(Number);
const isSigning = process.argv[4] === 'signing';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const data = Buffer.alloc(600, 1);
const signature = sign('sha256', data, privateKey);

function verifyAndSign() {
  if (!verify('sha256', data, publicKey, signature)) throw new Error('the signature does not hold');
  sign('sha256', data, privateKey);
}

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
  if (isSigning) verifyAndSign();
  response.json(login);
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
