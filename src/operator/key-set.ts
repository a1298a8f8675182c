import { readFileSync } from 'node:fs';
import { certificatesIn } from '../encoding/certificates.ts';
import { isFailure, SealgateError } from '../error.ts';
import { keySetOf } from '../relying-party/key-set.ts';

/**
 * The public keys in a file: a key set, which is not looked into, or that of certificates in DER or PEM. Throws
 * `file_unreadable`, `argument_invalid`, and `encoding_unexpected` for what is neither.
 */
export function readKeySet(file: string): unknown {
  const octets = read(file);
  const text = octets.toString();
  return text.trimStart().startsWith('{') ? parse(file, text) : ofCertificates(file, octets);
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new SealgateError('file_unreadable', { file }, { cause: error });
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SealgateError('argument_invalid', { argument: file, problem: 'is no JSON' }, { cause: error });
  }
}

function ofCertificates(file: string, octets: Uint8Array): unknown {
  try {
    return keySetOf(certificatesIn(octets, file));
  } catch (error) {
    if (isFailure(error)) throw error;
    const problem = 'is a certificate of a key that cannot be used here';
    throw new SealgateError('argument_invalid', { argument: file, problem }, { cause: error });
  }
}
