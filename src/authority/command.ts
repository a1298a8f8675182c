import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { parseCertificate } from '../certificate/certificate.ts';
import { certificateIn } from '../encoding/certificates.ts';
import { toPem } from '../encoding/textual.ts';
import { SealgateError } from '../error.ts';
import { safeText } from '../failure/safe-text.ts';
import { writeNew } from '../file/write-new.ts';
import { invalidValue } from '../terminal/command.ts';
import { carryOut } from '../terminal/outcome.ts';
import { moment, say } from '../terminal/say.ts';
import { facts } from '../terminal/table.ts';
import { type Authority, createAuthority, loadAuthority } from './authority.ts';
import { type RevocationReason, revocationReasons } from './crl.ts';
import { isAuthority } from './folder.ts';
import { type KeyKind, keyKinds } from './key.ts';
import { unqualifiedProfile } from './profile.ts';

interface Options {
  readonly folder: string;
  readonly json?: boolean;
}

interface CreateOptions extends Options {
  readonly algorithm: KeyKind;
  readonly port: number;
}

interface IssueOptions extends Options {
  readonly out: string;
  readonly from?: number;
  readonly until?: number;
  readonly unqualified?: boolean;
}

const examples = `
  sealgate authority create --folder authority
  sealgate authority serve --folder authority
  sealgate authority issue login.csr --folder authority --out login.crt
  sealgate authority revoke login.crt --folder authority --reason keyCompromise`;

/** Adds `sealgate authority create`, `serve`, `issue` and `revoke`. */
export function authorityCommands(program: Command): void {
  const authority = program
    .command('authority')
    .description('a certificate authority for tests: its keys lie in files')
    .addHelpText('after', examples);
  const at = (name: string) =>
    authority
      .command(name)
      .requiredOption('--folder <folder>', 'folder of the authority, such as that of a stand or of the demo')
      .option('--json', 'print JSON');
  at('create')
    .description('make a root and an authority below it, in a folder that holds none')
    .addOption(
      new Option('--algorithm <name>', 'kind of its keys').choices([...keyKinds]).default('gost2012-256'),
    )
    .option(
      '--port <n>',
      'port of this machine that its certificates name for lists and answers',
      parsePort,
      8070,
    )
    .action((options: CreateOptions) => carryOut(options, () => create(options), lines));
  at('serve')
    .description(
      'serve its lists, OCSP answers and time-stamps, where its certificates say, until it is told to stop',
    )
    .action((options: Options) => carryOut(options, () => serve(options.folder), lines));
  at('issue')
    .description('issue a certificate for a request (PKCS#10), with the subject that it asks for')
    .argument('<request>', 'request, PEM or DER, as sealgate token request writes it')
    .requiredOption('--out <file>', 'file to write; it must not exist yet')
    .option('--from <time>', 'beginning of its term (default: now)', parseTime)
    .option('--until <time>', 'end of its term (default: in fifteen months)', parseTime)
    .option('--unqualified', 'leave out what makes a certificate qualified')
    .action((request: string, options: IssueOptions) =>
      carryOut(
        options,
        () => issue(request, options),
        ({ subject, out, notAfter }) => [
          safeText(subject, 300),
          say({ en: `${out}, until ${notAfter}`, ru: `${out}, действует до ${notAfter}` }),
        ],
      ),
    );
  at('revoke')
    .description('revoke a certificate; one that serves the folder says so at once')
    .argument('<certificate>', 'certificate that it issued, PEM or DER')
    .addOption(
      new Option('--reason <reason>', 'why (RFC 5280, section 5.3.1)')
        .choices(Object.keys(revocationReasons).filter((reason) => reason !== 'removeFromCRL'))
        .default('unspecified'),
    )
    .action((file: string, options: Options & { readonly reason: RevocationReason }) =>
      carryOut(
        options,
        () => revoke(file, options),
        ({ subject }) =>
          say({
            en: `${safeText(subject, 300)}: revoked`,
            ru: `${safeText(subject, 300)}: сертификат отозван`,
          }),
      ),
    );
}

/** Where an authority is, and what has to be trusted to trust it. */
interface Shown {
  readonly url: string;
  readonly root: string;
  readonly authority: string;
  readonly sha256: string;
}

function shown({ url, root }: Authority, folder: string): Shown {
  const [rootFile, authority] = ['root.cer', 'accredited.cer'].map((name) => join(resolve(folder), name));
  return {
    url,
    root: rootFile ?? '',
    authority: authority ?? '',
    sha256: parseCertificate(root.certificate).sha256,
  };
}

function lines({ url, root, authority, sha256 }: Shown) {
  return [
    facts([
      [say({ en: 'address', ru: 'адрес' }), url],
      [say({ en: 'root', ru: 'корень' }), root],
      ['SHA-256', sha256],
      [say({ en: 'authority', ru: 'удостоверяющий центр' }), authority],
    ]),
    say({ en: 'To trust it:', ru: 'Чтобы ему доверять:' }),
    { verbatim: `  sealgate trust add '${root}' --unpinned` },
    { verbatim: `  sealgate trust add '${authority}'` },
  ];
}

async function create({ folder, algorithm, port }: CreateOptions): Promise<Shown> {
  if (isAuthority(folder))
    throw new SealgateError('argument_invalid', { argument: folder, problem: 'authority-there' });
  const authority = await createAuthority({ folder, algorithm, url: `http://127.0.0.1:${port}` });
  return shown(authority, folder);
}

/** The authority that a folder keeps. Throws `argument_invalid` where there is none. */
async function open(folder: string): Promise<Authority> {
  if (!isAuthority(folder))
    throw new SealgateError('argument_invalid', { argument: folder, problem: 'authority-missing' });
  return loadAuthority({ folder });
}

async function serve(folder: string): Promise<Shown> {
  const authority = await open(folder);
  const port = Number(new URL(authority.url).port);
  await authority.serve({ port }).catch((cause: unknown) => {
    throw new SealgateError(
      'configuration_invalid',
      { field: 'port', problem: 'cannot be listened at' },
      { cause },
    );
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void authority.close());
  return shown(authority, folder);
}

async function issue(file: string, { folder, out, from, until, unqualified }: IssueOptions) {
  const request = await read(file);
  const authority = await open(folder);
  const { certificate, serialNumber } = await authority.issue({
    request,
    purpose: 'legal-entity',
    ...(from === undefined ? {} : { notBefore: from }),
    ...(until === undefined ? {} : { notAfter: until }),
    ...(unqualified === true ? { profile: unqualifiedProfile } : {}),
  });
  const { subject, notAfter } = parseCertificate(certificate);
  await writeNew(out, toPem('CERTIFICATE', certificate));
  return { out, serialNumber, subject: subject.toString(), notAfter: moment(notAfter) };
}

async function revoke(file: string, { folder, reason }: Options & { readonly reason: RevocationReason }) {
  const certificate = parseCertificate(certificateIn(await read(file), file));
  const authority = await open(folder);
  const { serialNumberHex, subject } = certificate;
  if (authority.accredited.statusOf(serialNumberHex).kind === 'unknown')
    throw new SealgateError('argument_invalid', { argument: file, problem: 'certificate-foreign' });
  authority.revoke(serialNumberHex, reason);
  return { serialNumber: serialNumberHex, subject: subject.toString(), reason };
}

async function read(file: string): Promise<Uint8Array> {
  return readFile(file).catch((cause: unknown) => {
    throw new SealgateError('file_unreadable', { file }, { cause });
  });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw invalidValue({ en: 'must be a number from 1 to 65535', ru: 'нужно число от 1 до 65535' });
}

function parseTime(text: string): number {
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw invalidValue({ en: 'must be a date such as 2026-09-01', ru: 'нужна дата вида 2026-09-01' });
}
