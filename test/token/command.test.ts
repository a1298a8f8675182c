import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareSoftHsm } from '../../src/demo/softhsm.ts';
import { noOpenssl, OpensslFolder } from './openssl.ts';
import { noSoftHsm } from './softhsm.ts';

const program = fileURLToPath(new URL('./program.ts', import.meta.url));
const reason = noSoftHsm ?? noOpenssl;

interface Ended {
  readonly status: number | null;
  readonly output: string;
  readonly messages: string;
}

describe.skipIf(reason)(`sealgate token${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let openssl: OpensslFolder;
  let environment: Readonly<Record<string, string>>;
  beforeAll(async () => {
    openssl = await OpensslFolder.make();
    await openssl.makeAuthority();
    const prepared = await prepareSoftHsm(openssl.path);
    environment = { ...prepared.environment, SEALGATE_PKCS11_MODULE: 'softhsm', LANG: 'C', LC_ALL: '' };
    prepared.module.close();
  });
  afterAll(() => openssl.remove());

  /** Runs the program; `input` goes to file descriptor 3. */
  function run(
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
    input: string | Uint8Array = '',
  ): Promise<Ended> {
    const child = spawn(process.execPath, [program, 'token', ...args], {
      cwd: openssl.path,
      env: { PATH: process.env.PATH, ...environment, ...more },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    let output = '';
    let messages = '';
    child.stdout?.on('data', (chunk) => {
      output += String(chunk);
    });
    child.stderr?.on('data', (chunk) => {
      messages += String(chunk);
    });
    const third = child.stdio[3];
    if (third !== null && third !== undefined && 'write' in third) third.end(input);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status) => resolve({ status, output, messages }));
    });
  }

  const pins = { SEALGATE_PIN: '314159', SEALGATE_SO_PIN: '27182818' };

  it('from an empty token to a certificate on it, each step with status 0', async () => {
    const init = await run(['init', '--label', 'director', '--json'], pins);
    expect(init).toMatchObject({ status: 0, messages: '' });
    expect(JSON.parse(init.output)).toMatchObject({ label: 'director', state: 'ready', pin: 'good' });

    const key = await run(['generate', '--algorithm', 'ec-p256', '--label', 'login', '--json'], pins);
    expect(JSON.parse(key.output)).toMatchObject({
      label: 'login',
      algorithm: 'EC P-256',
      privateKey: 'present',
    });

    const subject = 'C=RU, O=ООО \\"Ромашка\\", CN=ООО \\"Ромашка\\", INNLE=7707083893';
    const request = await run(['request', '--subject', subject, '--out', 'login.csr', '--form', 'der'], pins);
    expect(request).toMatchObject({ status: 0, output: expect.stringContaining('login.csr') });
    await openssl.write('login.crt', await openssl.certify(await openssl.read('login.csr')));

    const first = await run(['import', 'login.crt', '--json'], pins);
    expect(JSON.parse(first.output)).toMatchObject({ isNew: true, key: { label: 'login' } });
    const again = await run(['import', 'login.crt', '--json'], pins);
    expect(JSON.parse(again.output)).toMatchObject({ isNew: false });

    const list = await run(['list']);
    expect(list.status).toBe(0);
    expect(list.output).toMatch(/director .*PIN good/);
    expect(list.output).toMatch(/login +ООО "Ромашка" +[\d-]{10} +EC P-256 +[0-9a-f]{16} +[0-9a-f]{16}/);
    expect(list.output).not.toContain('\u001b[');
    const listed = JSON.parse((await run(['list', '--json'])).output);
    expect(listed.modules[0].tokens[0].keys[0].certificates[0].subject).toContain('INNLE=7707083893');
  });

  it('with a wrong PIN: status 1, the failure’s words on standard error, nothing on standard output', async () => {
    const ended = await run(['generate', '--algorithm', 'ec-p256', '--label', 'x'], {
      SEALGATE_PIN: '000000',
    });
    expect(ended).toMatchObject({
      status: 1,
      output: '',
      messages: expect.stringContaining('[pin_incorrect]'),
    });
  });

  it('with a wrong PIN and --json: status 1 and the code in JSON; in Russian where the locale is', async () => {
    const args = ['generate', '--algorithm', 'ec-p256', '--label', 'x', '--json'];
    const ended = await run(args, { SEALGATE_PIN: '000000', LANG: 'ru_RU.UTF-8' });
    expect(ended.status).toBe(1);
    expect(JSON.parse(ended.output)).toMatchObject({
      error: { code: 'pin_incorrect', title: 'Неверный PIN-код' },
    });
  });

  it('with the PIN from a file descriptor, with or without a line end: status 0', async () => {
    for (const input of ['314159', '314159\n', '314159\r\nmore']) {
      const args = ['request', '--key', 'login', '--subject', 'CN=x', '--pin-fd', '3'];
      const ended = await run(args, {}, input);
      expect(ended).toMatchObject({
        status: 0,
        output: expect.stringContaining('BEGIN CERTIFICATE REQUEST'),
      });
    }
  });

  it('with a PIN that everybody knows: a remark, and the work is done', async () => {
    expect(await run(['pin'], { ...pins, SEALGATE_NEW_PIN: '12345678' })).toMatchObject({
      status: 0,
      messages: expect.stringContaining('factory one [pin_default]'),
    });
    const args = ['request', '--key', 'login', '--subject', 'CN=x'];
    expect(await run(args, { SEALGATE_PIN: '12345678' })).toMatchObject({
      status: 0,
      messages: expect.stringContaining('factory one [pin_default]'),
    });
    expect(await run(['pin', '--unblock'], { ...pins, SEALGATE_NEW_PIN: '11111111' })).toMatchObject({
      status: 0,
      messages: expect.stringContaining('factory one [pin_default]'),
    });
    expect(await run(['pin', '--unblock'], { ...pins, SEALGATE_NEW_PIN: '314159' })).toMatchObject({
      status: 0,
      messages: '',
    });
    expect(await run(args, pins)).toMatchObject({ status: 0, messages: '' });
  });

  it.each([
    ['present PIN', '--pin-fd', { SEALGATE_NEW_PIN: '314159' }],
    ['new PIN', '--new-pin-fd', { SEALGATE_PIN: '314159' }],
  ])(
    'with a %s in windows-1251: status 64, and the token has not seen it',
    async (_, option, environment) => {
      const input = Buffer.from([0xef, 0xe8, 0xed, 0xea, 0xee, 0xe4]);
      const ended = await run(['pin', option, '3'], environment, input);
      expect(ended).toMatchObject({ status: 64, messages: expect.stringContaining('is not UTF-8') });
      const listed = JSON.parse((await run(['list', '--json'])).output);
      expect(listed.modules[0].tokens[0]).toMatchObject({ pin: 'good' });
      const utf8 = await run(['pin', option, '3'], environment, Buffer.from('314159'));
      expect(utf8).toMatchObject({ status: 0, messages: '' });
    },
  );

  it('for a token or a driver that is not there: status 2', async () => {
    const args = ['request', '--subject', 'CN=x'];
    expect(await run([...args, '--token', 'absent'], pins)).toMatchObject({
      status: 2,
      messages: expect.stringContaining('[token_not_present]'),
    });
    expect(await run([...args, '--module', 'absent.so'], pins)).toMatchObject({
      status: 2,
      messages: expect.stringContaining('[pkcs11_module_not_found]'),
    });
  });

  it('list of a driver that cannot be loaded: status 2, its words and its remedy; as JSON: the code', async () => {
    await openssl.write('broken.so', Buffer.from('# not a library\n'.repeat(20)));
    const ended = await run(['list', '--module', 'broken.so']);
    expect(ended).toMatchObject({
      status: 2,
      output: '',
      messages: expect.stringMatching(/\[pkcs11_module_incompatible\][\s\S]*install the driver anew/),
    });
    const json = await run(['list', '--module', 'broken.so', '--json']);
    expect(json.status).toBe(2);
    expect(JSON.parse(json.output)).toMatchObject({ error: { code: 'pkcs11_module_incompatible' } });
  });

  it.each([
    ['without the PIN and without a terminal', ['generate', '--algorithm', 'ec-p256', '--label', 'x']],
    ['with an algorithm that does not exist', ['generate', '--algorithm', 'rsa-1024', '--label', 'x']],
    [
      'with a parameter set of another size',
      ['generate', '--algorithm', 'gost2012-256', '--parameter-set', 'TC26-512-A', '--label', 'x'],
    ],
    ['with a subject that cannot be read', ['request', '--subject', 'Ромашка']],
    ['without a subject', ['request']],
    [
      'with the PIN as an argument',
      ['generate', '--algorithm', 'ec-p256', '--label', 'x', '--pin', '314159'],
    ],
    ['with a file that is not there', ['import', 'absent.crt']],
  ])('%s: status 64', async (_, args) => {
    const ended = await run(args);
    expect(ended).toMatchObject({ status: 64, output: '' });
    expect(ended.messages).not.toBe('');
  });

  describe('a request for a qualified certificate', () => {
    const person = 'SN=Иванов, G=Иван Иванович, SNILS=08765430300, INN=500100732259';
    const place = 'C=RU, ST=77 Москва, L=Москва, street=Тверская ул. 1';
    const works = 'O=ООО Ромашка, CN=ООО Ромашка, OGRN=1027700132195, INNLE=7707083893';
    const request = (subject: string, ...more: string[]) =>
      run(
        ['request', '--key', 'login', '--qualified', '--subject', subject, '--out', 'q.csr', ...more],
        pins,
      );

    it('whole: status 0, and it asks for the usages, the class and the tool of one', async () => {
      const tool = ['--tool-class', 'KC2', '--sign-tool', 'Рутокен ЭЦП 3.0'];
      expect(await request(`${place}, ${works}, ${person}`, ...tool)).toMatchObject({
        status: 0,
        messages: '',
      });
      const text = String(await openssl.run('req', '-in', 'q.csr', '-noout', '-text', '-nameopt', 'utf8'));
      expect(text).toContain('Non Repudiation');
      expect(text).toContain('TLS Web Client Authentication');
      expect(text).toMatch(/Class of Signing Tool KC1|1\.2\.643\.100\.113\.1/);
      expect(text).toMatch(/Class of Signing Tool KC2|1\.2\.643\.100\.113\.2/);
      expect(text).not.toMatch(/KC3|1\.2\.643\.100\.113\.3/);
      expect(text).toMatch(/Рутокен ЭЦП 3\.0|1\.2\.643\.100\.111/);
    });

    it.each([
      [
        'without the organisation’s OGRN',
        `${place}, O=ООО Ромашка, CN=ООО Ромашка, INNLE=7707083893, ${person}`,
        /OGRN|ogrn/,
      ],
      [
        'with a false check digit',
        `${place}, ${works.replace('7707083893', '7707083894')}, ${person}`,
        /check/i,
      ],
      ['without SNILS', `${place}, ${works}, SN=Иванов, G=Иван`, /snils/i],
    ])('%s: status 64, and says what is missing', async (_, subject, words) => {
      const ended = await request(subject);
      expect(ended).toMatchObject({ status: 64, output: '' });
      expect(ended.messages).toMatch(words);
    });

    it('without an address: made, with a remark', async () => {
      expect(await request(`C=RU, ${works}, ${person}`)).toMatchObject({
        status: 0,
        messages: expect.stringMatching(/street/),
      });
    });
  });

  it('renewal: a new key of the same kind, a request with the very subject, and the present key stays', async () => {
    const renewed = await run(
      ['renew', '--label', 'next', '--out', 'next.csr', '--form', 'der', '--json'],
      pins,
    );
    expect(renewed.status).toBe(0);
    expect(JSON.parse(renewed.output)).toMatchObject({
      out: 'next.csr',
      key: { label: 'next', algorithm: 'EC P-256' },
      isInTerm: true,
      present: { subject: expect.stringContaining('INNLE=7707083893') },
    });
    const subject = async (...args: string[]) =>
      String(await openssl.run(...args, '-noout', '-subject', '-nameopt', 'utf8,dn_rev'));
    const asked = await subject('req', '-inform', 'DER', '-in', 'next.csr', '-verify');
    expect(asked).toBe(await subject('x509', '-inform', 'DER', '-in', 'login.crt'));
    await openssl.write('next.crt', await openssl.certify(await openssl.read('next.csr')));
    expect(await run(['import', 'next.crt'], pins)).toMatchObject({ status: 0 });
    const { keys } = JSON.parse((await run(['list', '--json'])).output).modules[0].tokens[0];
    expect(keys.map(({ label }: { label: string }) => label).sort()).toEqual(['login', 'next']);
  });

  describe('removal', () => {
    const keys = async () =>
      (
        JSON.parse((await run(['list', '--json'])).output).modules[0].tokens[0].keys as { label: string }[]
      ).map(({ label }) => label);

    it('of a key without --confirm: status 64, says what would be lost in the person’s language, and nothing is', async () => {
      const ended = await run(['remove', 'next'], pins);
      expect(ended).toMatchObject({ status: 64, output: '' });
      expect(ended.messages).toMatch(
        /key next .* for good[\s\S]*certificates: ООО "Ромашка"[\s\S]*--confirm/,
      );
      const russian = await run(['remove', 'next'], { ...pins, LANG: 'ru_RU.UTF-8' });
      expect(russian.messages).toMatch(/навсегда удалён ключ next[\s\S]*Ничего не удалено/);
      expect(await keys()).toContain('next');
    });

    it('of a certificate with --confirm: it goes, its key stays, and the certificate can be written again', async () => {
      const args = ['remove', 'next', '--only-certificate', '--confirm', '--json'];
      expect(JSON.parse((await run(args, pins)).output)).toMatchObject({ key: null, certificates: [{}] });
      expect(await keys()).toContain('next');
      expect(await run(['import', 'next.crt'], pins)).toMatchObject({ status: 0 });
    });

    it('of a key with --confirm: it goes with its certificate, and the other one stays and signs', async () => {
      const args = ['remove', 'next', '--confirm', '--json'];
      expect(JSON.parse((await run(args, pins)).output)).toMatchObject({
        key: { label: 'next', privateKey: 'present' },
        certificates: [{}],
      });
      expect(await keys()).toEqual(['login']);
      expect(await run(['request', '--key', 'login', '--subject', 'CN=x'], pins)).toMatchObject({
        status: 0,
      });
    });

    it('of what is not there: status 1', async () => {
      expect(await run(['remove', 'absent', '--confirm'], pins)).toMatchObject({
        status: 1,
        messages: expect.stringContaining('[key_not_found]'),
      });
    });
  });

  it('to initialise a token in use without --erase: status 64, and names what would be lost', async () => {
    const ended = await run(['init', '--label', 'x', '--token', 'director']);
    expect(ended).toMatchObject({ status: 64, output: '' });
    expect(ended.messages).toMatch(/destroys everything on it for good[\s\S]*ООО "Ромашка"[\s\S]*--erase/);
  });

  it('to initialise a token in use with --erase and the administrator’s PIN: status 0, and the keys are gone', async () => {
    const args = ['init', '--label', 'director', '--token', 'director', '--erase', '--json'];
    expect(await run(args, { ...pins, SEALGATE_SO_PIN: '00000000' })).toMatchObject({ status: 1 });
    expect(await run(args, pins)).toMatchObject({ status: 0 });
    expect(JSON.parse((await run(['list', '--json'])).output).modules[0].tokens[0]).toMatchObject({
      label: 'director',
      keys: [],
    });
  });
});
