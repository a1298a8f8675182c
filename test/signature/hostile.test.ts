import { afterAll, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { isStringTag } from '../../src/asn1/string.ts';
import { Budget } from '../../src/budget/budget.ts';
import { isFailure } from '../../src/error.ts';
import { Checks } from '../../src/report/check.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { Openssl } from './openssl.ts';

const openssl = new Openssl();
afterAll(() => openssl.close());

const content = Buffer.from('Sign in to the portal\n');
const rules = {
  algorithms: currentAlgorithms,
  requiresSignedAttributes: true,
  requiresSigningCertificate: true,
  acceptsUtf16Content: false,
};

function outcome(message: Uint8Array): string {
  try {
    const checks = new Checks();
    verifySignature(message, content, rules, checks, new Budget());
    // Another version number changes nothing, and is told.
    return checks.list.some(({ name }) => name === 'signature.version') ? 'passed, told' : 'passed';
  } catch (error) {
    if (!isFailure(error)) throw error;
    return error.code;
  }
}

/** A small generator, so that a failing case can be found again. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

const name = openssl.signer('P-256');

it.each([
  ['DER attached', ['-nodetach', '-cades']],
  ['DER detached', ['-cades']],
  ['BER attached', ['-nodetach', '-cades', '-stream']],
])('%s: 10,000 random one-byte changes never crash and never pass', (_, options) => {
  const message = openssl.sign(name, content, ...options);
  expect(outcome(message)).toBe('passed');
  const random = numbers(20_261_121);
  const passed: string[] = [];
  for (let round = 0; round < 10_000; round++) {
    const changed = Uint8Array.from(message);
    const at = random.next().value % changed.length;
    const difference = 1 + (random.next().value % 255);
    changed[at]! ^= difference;
    // Names are compared by their text: another string type of it names the same issuer.
    if (isStringTag(message[at]!) && isStringTag(changed[at]!)) continue;
    if (outcome(changed) === 'passed')
      passed.push(`octet ${at}: ${message[at]!.toString(16)} to ${changed[at]!.toString(16)}`);
  }
  // What RFC 5652 leaves free takes more than one octet: further digests, and lengths and pieces in BER.
  expect([...new Set(passed)]).toEqual([]);
});

it('every truncation is refused as malformed', () => {
  const message = openssl.sign(name, content, '-nodetach', '-cades');
  const outcomes = new Set(Array.from(message.keys(), (length) => outcome(message.subarray(0, length))));
  expect([...outcomes]).toEqual(['signature_malformed']);
});

it('what follows the message is refused', () => {
  const message = openssl.sign(name, content, '-nodetach', '-cades');
  expect(outcome(Buffer.concat([message, Uint8Array.of(0)]))).toBe('signature_malformed');
});

it('deep and endless structures are refused in bounded time', () => {
  expect(outcome(Buffer.from('3080'.repeat(100_000), 'hex'))).toBe('signature_malformed');
  expect(outcome(Buffer.from('3084ffffffff', 'hex'))).toBe('signature_malformed');
  expect(outcome(new Uint8Array())).toBe('signature_malformed');
  expect(outcome(new Uint8Array(1_000_000).fill(0x30))).toBe('signature_malformed');
});
