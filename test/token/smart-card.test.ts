import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { planKeyPair } from '../../src/token/key-pair.ts';
import type { PinRequest } from '../../src/token/pin.ts';
import { makeRequest, usageExtensions } from '../../src/token/request.ts';
import { openModule, type TokenModule } from '../../src/token/token-module.ts';
import type { TokenSigner } from '../../src/token/token-signer.ts';
import { holds } from '../../src/token/verify.ts';
import { CardStack, noCardStack } from './card/stack.ts';
import { noOpenssl, OpensslFolder } from './openssl.ts';
import { pin } from './softhsm.ts';

const reason = noCardStack ?? noOpenssl;
const note = reason ? ` (skipped: ${reason})` : '';
const data = Buffer.from('Sealgate');
const scheme = 'rsa-pkcs1-sha256';
const userPin = '314159';
const puk = '2718281828459045';

describe.skipIf(reason)(`a smart card behind pcscd and OpenSC${note}`, () => {
  let stack: CardStack;
  let openssl: OpensslFolder;
  let module: TokenModule;
  beforeAll(async () => {
    stack = await CardStack.start();
    openssl = await OpensslFolder.make();
    await openssl.makeAuthority();
    module = await openModule('opensc', { environment: stack.environment });
  });
  afterAll(async () => {
    module.close();
    await stack.stop();
    await openssl.remove();
  });

  const tool = (file: string, ...args: string[]) =>
    promisify(execFile)(file, args, { env: { ...process.env, ...stack.environment } });
  /** Puts a card in and waits until the driver has seen it. */
  const insert = async (name: string) => {
    await stack.tell({ do: 'insert', name });
    await vi.waitFor(async () => expect((await module.tokens()).length).toBeGreaterThan(0), {
      timeout: 60_000,
      interval: 300,
    });
  };
  const remove = async () => {
    await stack.tell({ do: 'remove' });
    await vi.waitFor(async () => expect(await module.tokens()).toEqual([]), {
      timeout: 60_000,
      interval: 300,
    });
  };
  const sign = async (signer: TokenSigner) => {
    const signature = await signer.sign(data, scheme);
    expect(holds(signer.publicKey, scheme, data, signature)).toBe(true);
  };
  const signOnce = async (text: string, key = {}) => {
    const signer = await module.signer({ pin: pin(text), key });
    try {
      await sign(signer);
    } finally {
      await signer.close();
    }
  };

  describe('that pkcs15-init has set up, and whose keys are generated on it', () => {
    beforeAll(async () => {
      await stack.tell({ do: 'issue', name: 'applet' });
      await insertBlank('applet');
      const secrets = ['--pin', userPin, '--puk', puk];
      const shape = ['--create-pkcs15', '--profile', 'pkcs15+onepin', '--label', 'Card'];
      await tool('pkcs15-init', ...shape, ...secrets);
      await insert('applet');
    });
    afterEach(async () => {
      if ((await module.tokens()).length === 0) await insert('applet');
    });

    /** A card without a file system is no token yet, so that only the reader tells of it. */
    const insertBlank = async (name: string) => {
      await stack.tell({ do: 'insert', name });
      await vi.waitFor(
        async () => expect((await tool('opensc-tool', '--name')).stdout).toContain('IsoApplet'),
        {
          timeout: 60_000,
          interval: 300,
        },
      );
    };

    it('is listed with its reader; a key is generated, its certificate written, and a signature made', async () => {
      const [token] = await module.tokens();
      expect(token).toMatchObject({ isInitialized: true, pin: 'good', hasPinPad: false });
      expect(token?.slotDescription).toContain('Virtual reader');
      const access = { pin: pin(userPin) };
      const key = await module.generate(access, planKeyPair('rsa-2048', 'login'));
      const signer = await module.signer({ ...access, key: { id: key.id, withoutCertificate: true } });
      const subject = [{ type: 'CN', value: 'ООО «Ромашка»' }];
      const contents = { subject, extensions: usageExtensions(['digitalSignature']) };
      const request = await makeRequest(contents, signer);
      await signer.close();
      const certificate = await openssl.certify(request);
      await expect(module.importCertificate(access, certificate)).resolves.toMatchObject({ isNew: true });
      await expect(module.importCertificate(access, certificate)).resolves.toMatchObject({ isNew: false });
      await signOnce(userPin);
      const shown = await module.contents(token!);
      expect(shown.keys).toMatchObject([{ certificates: [{}] }]);
    });

    it('wrong PINs until it is blocked: pin_incorrect, pin_incorrect, pin_final_try, pin_locked; the PUK sets another one, and the key signs', async () => {
      const wrong = (confirmFinalTry = false) => module.signer({ pin: pin('000000'), confirmFinalTry });
      await expect(wrong()).rejects.toMatchObject({ code: 'pin_incorrect' });
      await expect(wrong()).rejects.toMatchObject({ code: 'pin_incorrect' });
      await expect(wrong()).rejects.toMatchObject({ code: 'pin_final_try' });
      await expect(wrong(true)).rejects.toMatchObject({ code: 'pin_locked' });
      await expect(module.signer({ pin: pin(userPin) })).rejects.toMatchObject({ code: 'pin_locked' });
      await expect(
        module.unblockWithPuk({ pin: pin('0000000000000000') }, pin('271828')),
      ).rejects.toMatchObject({
        code: 'pin_incorrect',
      });
      await module.unblockWithPuk({ pin: pin(puk) }, pin('271828'));
      await signOnce('271828');
      await module.changePin({ pin: pin('271828') }, pin(userPin));
      await signOnce(userPin);
    });

    it('pulled out before the login, between login and signature, and between two signatures: each time token_removed or token_not_present, never a wrong PIN; put back: it signs', async () => {
      const asked: PinRequest[] = [];
      const source = async (request: PinRequest) => {
        asked.push(request);
        return Buffer.from(userPin);
      };
      await remove();
      await expect(module.signer({ pin: source })).rejects.toMatchObject({ code: 'token_not_present' });
      expect(asked).toHaveLength(0);
      await insert('applet');

      const whileAsked = async (request: PinRequest) => {
        await stack.tell({ do: 'remove' });
        return source(request);
      };
      await expect(module.signer({ pin: whileAsked })).rejects.toMatchObject({ code: 'token_removed' });
      await insert('applet');

      const signer = await module.signer({ pin: source });
      await stack.tell({ do: 'remove' });
      await expect(signer.sign(data, scheme)).rejects.toMatchObject({ code: 'token_removed' });
      await expect(signer.sign(data, scheme)).rejects.toMatchObject({ code: 'token_not_present' });
      await insert('applet');
      await sign(signer);
      await remove();
      await insert('applet');
      await expect(signer.sign(data, scheme)).rejects.toMatchObject({ code: 'token_removed' });
      await sign(signer);
      await signer.close();
      expect((await module.tokens())[0]).toMatchObject({ pin: 'good' });
    });

    it('pulled out in the middle of a login or a signature: token_removed; put back, it signs', async () => {
      const [verify, performSecurityOperation] = [0x20, 0x2a];
      await stack.tell({ do: 'remove-at', instruction: verify });
      await expect(module.signer({ pin: pin(userPin) })).rejects.toMatchObject({ code: 'token_removed' });
      await insert('applet');
      const signer = await module.signer({ pin: pin(userPin) });
      await stack.tell({ do: 'remove-at', instruction: performSecurityOperation });
      await expect(signer.sign(data, scheme)).rejects.toMatchObject({ code: 'token_removed' });
      await insert('applet');
      await sign(signer);
      await signer.close();
      expect((await module.tokens())[0]).toMatchObject({ pin: 'good' });
    });

    it('pcscd ends and starts again: a failure that is no wrong PIN, and afterwards the same signer signs', async () => {
      const signer = await module.signer({ pin: pin(userPin) });
      await sign(signer);
      await stack.tell({ do: 'stop-service' });
      await expect(signer.sign(data, scheme)).rejects.toMatchObject({
        code: expect.stringMatching(/^(token_removed|pkcs11_module_failed)$/),
      });
      await stack.tell({ do: 'start-service' });
      await vi.waitFor(async () => sign(signer), { timeout: 60_000, interval: 1000 });
      await signer.close();
    });

    it('falls silent: signing_timed_out at its limit, the driver’s process is ended, and the next try works', async () => {
      const limited = module.with({ sign: 3000 });
      const signer = await limited.signer({ pin: pin(userPin) });
      await sign(signer);
      await stack.tell({ do: 'silence', isSilent: true });
      const began = Date.now();
      await expect(signer.sign(data, scheme)).rejects.toMatchObject({
        code: 'signing_timed_out',
        details: { waited: 3 },
      });
      expect(Date.now() - began).toBeLessThan(30_000);
      await stack.tell({ do: 'silence', isSilent: false });
      // The card service still waits for the answer that never came; a card that is put in again begins anew.
      await stack.tell({ do: 'insert', name: 'applet' });
      await vi.waitFor(async () => sign(signer), { timeout: 90_000, interval: 1000 });
      await signer.close();
    });

    it('a key in use is removed with its certificate only once that is carried out', async () => {
      const removal = await module.removal({ pin: pin(userPin) }, { name: 'login' }, 'certificate');
      expect(removal.loss.certificates).toHaveLength(1);
      await removal.close();
      await signOnce(userPin);
      const again = await module.removal({ pin: pin(userPin) }, { name: 'login' }, 'certificate');
      await again.carryOut();
      await again.close();
      await expect(module.signer({ pin: pin(userPin) })).rejects.toMatchObject({ code: 'key_not_found' });
    });
  });

  describe('of the kind that its issuer has filled (PIV)', () => {
    const issue = async (name: string) => {
      const issued = async (subject: string) => {
        const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
        await openssl.write('piv.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }));
        await openssl.run(
          'req',
          '-new',
          '-key',
          'piv.pem',
          '-subj',
          `/CN=${subject}`,
          '-outform',
          'DER',
          '-out',
          'piv.csr',
        );
        const certificate = await openssl.certify(await openssl.read('piv.csr'));
        const key = privateKey.export({ type: 'pkcs8', format: 'der' });
        return { key: key.toString('base64'), certificate: certificate.toString('base64') };
      };
      const piv = {
        pin: userPin,
        puk: '27182818',
        authentication: await issued('login'),
        signature: await issued('documents'),
      };
      await stack.tell({ do: 'issue', name, piv });
      await insert(name);
    };
    beforeEach(() => issue('piv'));

    const certificateOf = async (subject: string) => {
      const [token] = await module.tokens();
      const { keys } = await module.contents(token!, { pin: pin(userPin) });
      const all = keys.flatMap(({ certificates }) => certificates);
      return all.find(({ certificate }) => certificate.subject.toString().includes(subject))?.certificate
        .sha256;
    };

    it('both certificates are listed, and each signs; the key for documents asks for the PIN at every signature', async () => {
      const asked: boolean[] = [];
      const source = ({ isForSignature }: PinRequest) => {
        asked.push(isForSignature);
        return Buffer.from(userPin);
      };
      await signOnce(userPin, { fingerprint: await certificateOf('login') });
      const signer = await module.signer({
        pin: source,
        key: { fingerprint: await certificateOf('documents') },
      });
      await sign(signer);
      await sign(signer);
      await signer.close();
      expect(asked).toEqual([false, true, true]);
    });

    it('the last try wants a confirmation, then it is blocked; the PUK unblocks it', async () => {
      const wrong = (confirmFinalTry = false) => module.signer({ pin: pin('000000'), confirmFinalTry });
      await expect(wrong()).rejects.toMatchObject({ code: 'pin_incorrect' });
      await expect(wrong()).rejects.toMatchObject({ code: 'pin_incorrect', details: { triesLeft: 1 } });
      await expect(wrong()).rejects.toMatchObject({ code: 'pin_final_try' });
      await expect(wrong(true)).rejects.toMatchObject({ code: 'pin_locked' });
      await expect(module.signer({ pin: pin(userPin) })).rejects.toMatchObject({ code: 'pin_locked' });
      await module.unblockWithPuk({ pin: pin('27182818') }, pin('271828'));
      await signOnce('271828', { name: await certificateOfBlocked('271828') });
    });

    /** The first certificate, with a PIN that is not the one it was issued with. */
    const certificateOfBlocked = async (text: string) => {
      const [token] = await module.tokens();
      const { keys } = await module.contents(token!, { pin: pin(text) });
      return keys[0]?.certificates[0]?.certificate.sha256;
    };

    it('another card of the same kind is put in: its key does not sign in the first one’s stead', async () => {
      const fingerprint = await certificateOf('login');
      const signer = await module.signer({ pin: pin(userPin), key: { fingerprint } });
      await sign(signer);
      await issue('other');
      await expect(signer.sign(data, scheme)).rejects.toMatchObject({ code: 'token_removed' });
      await expect(signer.sign(data, scheme)).rejects.toMatchObject({ code: 'key_not_found' });
      await signer.close();
    });
  });
});
