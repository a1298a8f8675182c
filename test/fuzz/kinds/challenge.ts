import { randomBytes } from 'node:crypto';
import { challengeLifetime, issueChallenge, openChallenge } from '../../../src/challenge/challenge.ts';
import { keyring } from '../../../src/secret/keyring.ts';
import { octetsOf, part, verdictOf } from '../judge.ts';
import type { Kind } from '../kind.ts';
import { madeAt } from './house.ts';

const binding = { relyingParty: 'portal', origin: 'https://portal.example', browser: 'a browser’s session' };
const facts = { portal: 'Portal', language: 'en', lifetime: challengeLifetime } as const;

/** A challenge as it comes back, opened by the keys of the service. */
export const challenge: Kind = {
  name: 'challenge',
  form: 'token',
  meaning: 'the text, what it is bound to, and its term',
  async make() {
    const secret = randomBytes(32);
    const keys = keyring([secret], 'challenge');
    const organisation = { name: 'ПАО «Ромашка»', inn: '7707083893' };
    return {
      inputs: new Map([
        ['plain', octetsOf(issueChallenge(keys, { ...binding, ...facts }, madeAt).challenge)],
        ['named', octetsOf(issueChallenge(keys, { ...binding, ...facts, organisation }, madeAt).challenge)],
      ]),
      context: new Map([['secret', secret]]),
    };
  },
  judge(material) {
    const keys = keyring([part(material, 'secret')], 'challenge');
    return (octets) =>
      verdictOf(() => {
        const { text, relyingParty, origin, expiresAt } = openChallenge(
          keys,
          Buffer.from(octets).toString(),
          binding,
          madeAt + 1_000,
        );
        return JSON.stringify([text, relyingParty, origin, expiresAt]);
      });
  },
};
