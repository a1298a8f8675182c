import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { certificatesIn } from '../../encoding/certificates.ts';
import { isFailure, SealgateError } from '../../error.ts';
import { requireSecret } from '../../terminal/command.ts';
import { say } from '../../terminal/say.ts';
import { carryOut } from '../../token/command-line.ts';
import { openKeyFile } from '../../token/key-file.ts';
import type { Signer } from '../../token/signer.ts';
import { makeFolder } from '../folder.ts';
import type { AgentOptions } from '../options.ts';
import { addKeyFile, forgetKeyFile } from './key-files.ts';

/** `sealgate agent key add`: opens a key file once, to see that it can be opened and which certificate is its own. */
export async function addKey(
  file: string,
  options: AgentOptions & { readonly certificate?: string },
): Promise<void> {
  const path = resolve(file);
  await carryOut(
    options,
    async () => {
      const given = options.certificate === undefined ? [] : await readCertificates(options.certificate);
      const { signer, isEncrypted } = await open(path, given);
      const { certificate } = signer;
      await signer.close();
      if (certificate === undefined) throw new SealgateError('key_not_found', { path });
      makeFolder(options.data);
      const encoded = Buffer.from(certificate).toString('base64');
      await addKeyFile(options.data, { path, isEncrypted, certificate: encoded });
      return { path, isEncrypted };
    },
    () => say({ en: `The agent may sign with ${path}.`, ru: `Агент может подписывать файлом ${path}.` }),
  );
}

/** `sealgate agent key remove`. */
export async function removeKey(file: string, options: AgentOptions): Promise<void> {
  const path = resolve(file);
  await carryOut(
    options,
    async () => {
      await forgetKeyFile(options.data, path);
      return { path };
    },
    () =>
      say({
        en: `The agent has forgotten ${path}. The file is where it was.`,
        ru: `Агент забыл ${path}. Сам файл остался на месте.`,
      }),
  );
}

async function open(
  path: string,
  certificates: readonly Uint8Array[],
): Promise<{ readonly signer: Signer; readonly isEncrypted: boolean }> {
  try {
    return { signer: await openKeyFile(path, { certificates }), isEncrypted: false };
  } catch (error) {
    if (!isFailure(error, 'key_file_password_incorrect')) throw error;
  }
  const password = await requireSecret({
    variable: 'SEALGATE_PIN',
    question: say({ en: `Password of ${path}`, ru: `Пароль файла ${path}` }),
  });
  return { signer: await openKeyFile(path, { password, certificates }), isEncrypted: true };
}

async function readCertificates(file: string): Promise<readonly Uint8Array[]> {
  const octets = await readFile(file).catch((cause: unknown) => {
    throw new SealgateError('file_unreadable', { file }, { cause });
  });
  return certificatesIn(octets, file);
}
