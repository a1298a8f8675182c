import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import { Checks } from '../../src/report/check.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { makeMessage } from '../../src/signing/message.ts';
import { planKeyPair } from '../../src/token/key-pair.ts';
import { makeRequest, usageExtensions } from '../../src/token/request.ts';
import { type GostParameterSet, gostParameterSets } from '../../src/webcrypto/gost-algorithm.ts';
import { Openssl, whyNoEngine } from '../authority/openssl.ts';
import { type GostToken, gostToken, noTestToken } from '../token/test-token.ts';

const reason = noTestToken ?? whyNoEngine;
const content = Buffer.from('Вход в портал');

describe.skipIf(reason)(
  `GOST requests and messages before openssl${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    let token: GostToken;
    let openssl: Openssl;
    beforeAll(async () => {
      token = await gostToken();
      openssl = new Openssl();
      const key = ['-newkey', 'gost2012_256', '-pkeyopt', 'paramset:XA', '-nodes', '-keyout', 'ca.key'];
      const made = await openssl.run(
        'req',
        '-x509',
        ...key,
        '-subj',
        '/CN=GOST authority',
        '-days',
        '30',
        '-out',
        'ca.crt',
      );
      expect(made.passed).toBe(true);
    });
    afterAll(async () => {
      openssl.close();
      await token.remove();
    });

    const sets = Object.entries(gostParameterSets).map(
      ([name, { bits }]) => [name as GostParameterSet, `gost2012-${bits}` as const] as const,
    );

    describe.each(sets)('%s', (name, algorithm) => {
      let request: Uint8Array;
      beforeAll(async () => {
        await token.module.generate(token.access, planKeyPair(algorithm, name, name));
        const signer = await token.signer(name);
        const subject = [
          { type: 'C', value: 'RU' },
          { type: 'CN', value: 'ООО «Ромашка»' },
          { type: 'INNLE', value: '7707083893' },
        ];
        request = await makeRequest({ subject, extensions: usageExtensions(['digitalSignature']) }, signer);
        await signer.close();
      });

      it('the request is accepted, and with one bit flipped it is not', async () => {
        openssl.write('request.der', request);
        const accepted = await openssl.run(
          'req',
          '-inform',
          'DER',
          '-in',
          'request.der',
          '-verify',
          '-noout',
        );
        expect(accepted.text).toContain('verify OK');
        const broken = Uint8Array.from(request);
        broken[broken.length - 1]! ^= 1;
        openssl.write('broken.der', broken);
        const refused = await openssl.run('req', '-inform', 'DER', '-in', 'broken.der', '-verify', '-noout');
        expect(refused.text).toContain('verify failure');
      });

      it('messages, attached and detached, are accepted by openssl and by us, and with one bit flipped by neither', async () => {
        openssl.write('request.der', request);
        const certify = [
          'x509',
          '-req',
          '-inform',
          'DER',
          '-in',
          'request.der',
          '-CA',
          'ca.crt',
          '-CAkey',
          'ca.key',
          '-CAcreateserial',
        ];
        await openssl.run(
          ...certify,
          '-copy_extensions',
          'copyall',
          '-days',
          '9',
          '-outform',
          'DER',
          '-out',
          'own.der',
        );
        const { certificate } = await token.module.importCertificate(token.access, openssl.read('own.der'));
        const signer = await token.module.signer({
          ...token.access,
          key: { fingerprint: certificate.sha256 },
        });
        for (const isDetached of [false, true]) {
          const message = await makeMessage(content, signer, {
            isDetached,
            signingTime: Date.UTC(2026, 0, 2),
          });
          expect(await verifyWithOpenssl(message, isDetached)).toBe(true);
          expect(verifyOurselves(message).algorithm).toMatchObject({ family: 'gost2012' });
          const broken = Uint8Array.from(message);
          broken[broken.length - 1]! ^= 1;
          expect(await verifyWithOpenssl(broken, isDetached)).toBe(false);
          expect(() => verifyOurselves(broken)).toThrow(
            expect.objectContaining({ code: 'signature_invalid' }),
          );
        }
        await signer.close();
      });
    });

    async function verifyWithOpenssl(message: Uint8Array, isDetached: boolean): Promise<boolean> {
      openssl.write('message.der', message);
      openssl.write('content.bin', content);
      const detached = isDetached ? ['-content', 'content.bin'] : [];
      const options = ['-CAfile', 'ca.crt', '-purpose', 'any', '-out', 'content.out'];
      const { passed } = await openssl.run(
        'cms',
        '-verify',
        '-binary',
        '-inform',
        'DER',
        '-in',
        'message.der',
        ...detached,
        ...options,
      );
      return passed && Buffer.compare(openssl.read('content.out'), content) === 0;
    }

    function verifyOurselves(message: Uint8Array) {
      const rules = {
        algorithms: currentAlgorithms,
        requiresSignedAttributes: true,
        requiresSigningCertificate: true,
        acceptsUtf16Content: false,
      };
      return verifySignature(message, content, rules, new Checks(), new Budget());
    }
  },
);
