import { type Command, Option } from 'commander';
import { toolClasses } from '../qualified/tool-class.ts';
import { parseDescriptor } from '../terminal/command.ts';
import { say, type Worded } from '../terminal/say.ts';
import { type Line, paintFor } from '../terminal/table.ts';
import { gostParameterSets } from '../webcrypto/gost-algorithm.ts';
import {
  changePin,
  generateKey,
  importCertificate,
  initialiseToken,
  listTokens,
  removeFromToken,
} from './action.ts';
import { addTokenOptions, carryOut, moduleOption } from './command-line.ts';
import { type Renewed, renewCertificate, requestCertificate } from './enrolment.ts';
import { keyAlgorithms } from './key-pair.ts';
import { listModules } from './listing.ts';

const examples: Worded = {
  en: `
PINs come from SEALGATE_PIN, from a file descriptor, or from a prompt; never from an argument.

  sealgate token list
  sealgate token init --label director
  sealgate token generate --algorithm gost2012-256 --label login
  sealgate token request --subject 'C=RU, O=ООО Ромашка, CN=ООО Ромашка, INNLE=7707083893' --out login.csr
  sealgate token import login.crt
  sealgate token renew --out next.csr
  sealgate token remove login
  sealgate token pin`,
  ru: `
PIN-коды берутся из SEALGATE_PIN, из дескриптора файла или спрашиваются, но не передаются в аргументах.

  sealgate token list
  sealgate token init --label director
  sealgate token generate --algorithm gost2012-256 --label login
  sealgate token request --subject 'C=RU, O=ООО Ромашка, CN=ООО Ромашка, INNLE=7707083893' --out login.csr
  sealgate token import login.crt
  sealgate token renew --out next.csr
  sealgate token remove login
  sealgate token pin`,
};

/** Adds `sealgate token list|init|generate|request|import|renew|remove|pin` to a program. */
export function tokenCommands(program: Command): void {
  const token = program
    .command('token')
    .description('tokens, smart cards and the keys on them')
    .addHelpText('after', () => say(examples));
  addList(token);
  addInit(token);
  addGenerate(token);
  addRequest(token);
  addImport(token);
  addRenew(token);
  addRemove(token);
  addPin(token);
}

const written = { en: 'Written', ru: 'Записано' } as const;

/** What was done, in the colour of what went well. */
function done(what: Worded): string {
  return paintFor(process.stdout).good(say(what));
}

function withJson(command: Command): Command {
  return command.option('--json', 'print the result as JSON');
}

function addList(token: Command): void {
  withJson(token.command('list'))
    .description('drivers, tokens, keys and certificates, as far as they show without a PIN')
    .addOption(moduleOption())
    .action((options) =>
      carryOut(
        options,
        () => listTokens(options),
        ({ modules }) => listModules(modules, paintFor(process.stdout)),
      ),
    );
}

function addInit(token: Command): void {
  withJson(addTokenOptions(token.command('init')))
    .description('set a token up: label, administrator’s PIN, user’s PIN; everything on it is lost')
    .requiredOption('--label <label>', 'label of the token')
    .option('--erase', 'also if the token named by --token is in use')
    .option(
      '--so-pin-fd <n>',
      'read the administrator’s PIN from here (otherwise SEALGATE_SO_PIN, or a prompt)',
      parseDescriptor,
    )
    .action((options) =>
      carryOut(
        options,
        () => initialiseToken(options),
        ({ label, serial }) =>
          `${done({ en: 'Ready', ru: 'Готово' })}: ${say({ en: `token ${label}, serial ${serial}`, ru: `носитель ${label}, номер ${serial}` })}`,
      ),
    );
}

function addGenerate(token: Command): void {
  withJson(addTokenOptions(token.command('generate')))
    .description('generate a key pair on the token; the private key never leaves it')
    .addOption(new Option('--algorithm <name>', 'kind of key').choices(keyAlgorithms).makeOptionMandatory())
    .addOption(
      new Option('--parameter-set <name>', 'GOST parameter set').choices(Object.keys(gostParameterSets)),
    )
    .requiredOption('--label <label>', 'label of the key')
    .action((options) =>
      carryOut(
        options,
        () => generateKey(options),
        ({ label, id, algorithm }) =>
          `${done({ en: 'Generated', ru: 'Создан ключ' })}: ${algorithm}, ${say({ en: 'label', ru: 'метка' })} ${label}, id ${id}`,
      ),
    );
}

function addRequest(token: Command): void {
  withJson(addTokenOptions(token.command('request')))
    .description('sign a certificate request (PKCS#10) with a key of the token')
    .option('--key <label|id>', 'key, where there are several')
    .option('--subject <name>', 'subject: C=RU, O=…, CN=…, INNLE=…, OGRN=…; short names or OIDs')
    .option('--subject-file <file>', 'subject as JSON: [{ "type": "CN", "value": "…", "as": "utf8" }, …]')
    .option('--purpose <name...>', 'extended key usage: clientAuth, emailProtection or an OID')
    .option('--qualified', 'the subject has to be that of a qualified certificate; asks for one')
    .addOption(
      new Option('--tool-class <class>', 'with --qualified: class of the signing tool').choices(toolClasses),
    )
    .option(
      '--sign-tool <name>',
      'with --qualified: name of the signing tool, as its certificate of conformity has it',
    )
    .option('--out <file>', 'write the request here and not to standard output')
    .addOption(new Option('--form <form>', 'form of the request').choices(['pem', 'der']).default('pem'))
    .action((options) =>
      carryOut(
        options,
        () => requestCertificate(options),
        ({ out, pem, key }) =>
          out === null
            ? pem.trimEnd()
            : `${done(written)}: ${out}, ${say({ en: 'signed with', ru: 'подписан ключом' })} ${key.label} (${key.algorithm})`,
      ),
    );
}

function addImport(token: Command): void {
  withJson(addTokenOptions(token.command('import')))
    .description('write a certificate beside its key')
    .argument('<file>', 'certificate, PEM or DER')
    .option('--label <label>', 'label of the certificate (otherwise that of the key)')
    .action((file: string, options) =>
      carryOut(
        options,
        () => importCertificate(file, options),
        ({ isNew, subject, key }) =>
          `${done(isNew ? written : { en: 'Already there', ru: 'Уже есть' })}: ${subject}, ${say({ en: 'beside key', ru: 'рядом с ключом' })} ${key.label} [${key.id}]`,
      ),
    );
}

function addRenew(token: Command): void {
  withJson(addTokenOptions(token.command('renew')))
    .description('generate a new key and request a certificate for it, with the subject of the present one')
    .option('--key <label|id|fingerprint>', 'present certificate, where there are several')
    .option('--label <label>', 'label of the new key (otherwise that of the present one, with the date)')
    .option('--out <file>', 'write the request here and not to standard output')
    .addOption(new Option('--form <form>', 'form of the request').choices(['pem', 'der']).default('pem'))
    .action((options) => carryOut(options, () => renewCertificate(options), renewalLines));
}

function renewalLines({ out, pem, key, present, isInTerm }: Renewed): Line[] {
  if (out === null) return [pem.trimEnd()];
  const end = present.notAfter.slice(0, 10);
  return [
    `${done(written)}: ${out}, ${say({ en: 'signed with the new key', ru: 'подписан новым ключом' })} ${key.label} (${key.algorithm})`,
    isInTerm
      ? say({
          en: `The present certificate ends on ${end}. Authorities that renew without a visit want the request signed with it before then: sealgate sign ${out} --key ${present.fingerprint.slice(0, 16)}`,
          ru: `Нынешний сертификат действует до ${end}. Удостоверяющим центрам, которые продлевают без визита, нужен до этого дня запрос, подписанный им: sealgate sign ${out} --key ${present.fingerprint.slice(0, 16)}`,
        })
      : say({
          en: `The present certificate ended on ${end}, so that the authority will want to identify you anew.`,
          ru: `Срок нынешнего сертификата истёк ${end}, поэтому удостоверяющий центр снова установит вашу личность.`,
        }),
  ];
}

function addRemove(token: Command): void {
  withJson(addTokenOptions(token.command('remove')))
    .description('remove a key with its certificates, or one certificate; says first what is lost')
    .argument('<name>', 'label, id or fingerprint')
    .option('--only-certificate', 'remove the certificate and leave its key')
    .option('--confirm', 'remove it; without this nothing is removed')
    .action((name: string, options) =>
      carryOut(
        options,
        () => removeFromToken(name, options),
        ({ key, certificates }) =>
          `${done({ en: 'Removed', ru: 'Удалено' })}: ${[...(key === null ? [] : [`${say({ en: 'key', ru: 'ключ' })} ${key.label} [${key.id}]`]), ...certificates.map(({ subject }) => subject)].join(', ')}`,
      ),
    );
}

function addPin(token: Command): void {
  withJson(addTokenOptions(token.command('pin')))
    .description('change the user’s PIN, or set a new one with the administrator’s')
    .option('--unblock', 'set a new PIN with the administrator’s PIN, which also unblocks it')
    .option(
      '--puk',
      'with --unblock: the card has a PUK (given as the administrator’s PIN) and no administrator',
    )
    .option(
      '--new-pin-fd <n>',
      'read the new PIN from here (otherwise SEALGATE_NEW_PIN, or a prompt)',
      parseDescriptor,
    )
    .option(
      '--so-pin-fd <n>',
      'read the administrator’s PIN from here (otherwise SEALGATE_SO_PIN, or a prompt)',
      parseDescriptor,
    )
    .action((options) =>
      carryOut(
        options,
        () => changePin(options),
        ({ changed }) =>
          done(
            changed === 'unblocked'
              ? { en: 'The PIN is unblocked and set', ru: 'PIN-код разблокирован и задан' }
              : { en: 'The PIN is changed', ru: 'PIN-код изменён' },
          ),
      ),
    );
}
