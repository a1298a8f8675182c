import type { Mechanism, Session, SessionObject } from 'graphene-pk11';
import { SealgateError } from '../../error.ts';
import { objectClass } from '../cryptoki.ts';
import type { ObjectTemplate } from '../protocol.ts';
import { CallFailure, isAnswer } from './cryptoki.ts';
import { findObjects, isOfClass, toGraphene } from './object.ts';

/** The two halves that a token has generated. */
export interface Halves {
  readonly publicKey: SessionObject;
  readonly privateKey: SessionObject;
}

/**
 * C_GenerateKeyPair with `id` in both templates, which is nobody else's. Where the token says that the private half's
 * template lacks something, it is asked again with `privateParameters`. A refused try may have left one half behind,
 * which is removed. Throws CallFailure, and `key_generation_failed` where the token reports success without both halves.
 */
export function generatePair(
  session: Session,
  algorithm: Parameters<typeof Mechanism.create>[0],
  publicKey: ObjectTemplate,
  privateKey: ObjectTemplate,
  privateParameters: ObjectTemplate | undefined,
): Halves {
  const generate = (ofPrivate: ObjectTemplate) => {
    try {
      const made = session.generateKeyPair(algorithm, toGraphene(publicKey), toGraphene(ofPrivate));
      checkHalves(made);
      return made;
    } catch (error) {
      removeRemains(session, publicKey.id);
      throw error;
    }
  };
  try {
    return generate(privateKey);
  } catch (error) {
    if (privateParameters === undefined || !isIncomplete(error)) throw error;
    return generate({ ...privateKey, ...privateParameters });
  }
}

function isIncomplete(error: unknown): boolean {
  return isAnswer(error, 'CKR_TEMPLATE_INCOMPLETE') || isAnswer(error, 'CKR_TEMPLATE_INCONSISTENT');
}

function checkHalves({ publicKey, privateKey }: Halves): void {
  if (isOfClass(publicKey, objectClass.publicKey) && isOfClass(privateKey, objectClass.privateKey)) return;
  throw new SealgateError('key_generation_failed', { problem: 'key-half-missing' });
}

/** Only what has the identifier that was made for this key is removed; a token that keeps none keeps the remains. */
function removeRemains(session: Session, id: ObjectTemplate[string] | undefined): void {
  if (!(id instanceof Uint8Array) || id.length === 0) return;
  try {
    for (const object of findObjects(session, { id })) object.destroy();
  } catch (error) {
    // What was wrong with the generation is told, and not that its remains could not be removed.
    if (!(error instanceof CallFailure)) throw error;
  }
}
