import { registerAttribute, type Session, SessionObject, Template } from 'graphene-pk11';
import { objectClass } from '../cryptoki.ts';
import type { ObjectAttributes, ObjectTemplate, TokenObject } from '../protocol.ts';
import { CallFailure, despite } from './cryptoki.ts';
import { failureOfValue } from './return-value.ts';

registerAttribute('gostR3410Params', 0x250, 'buffer');
registerAttribute('gostR3411Params', 0x251, 'buffer');
registerAttribute('publicKeyInfo', 0x129, 'buffer');

/**
 * Attributes to read, by class, under graphene's names: a token is asked for nothing that an object of that class
 * cannot have. CKA_EC_PARAMS is `paramsECDSA`, because graphene reads nothing under its newer name `paramsEC`.
 */
const wanted: Readonly<Record<number, readonly string[]>> = {
  [objectClass.certificate]: ['label', 'id', 'certType', 'value'],
  [objectClass.publicKey]: [
    'label',
    'id',
    'keyType',
    'value',
    'modulus',
    'publicExponent',
    'paramsECDSA',
    'pointEC',
    'gostR3410Params',
    'gostR3411Params',
  ],
  [objectClass.privateKey]: [
    'label',
    'id',
    'keyType',
    'modulus',
    'publicExponent',
    'paramsECDSA',
    'pointEC',
    'gostR3410Params',
    'gostR3411Params',
    'publicKeyInfo',
    'sign',
    'alwaysAuth',
  ],
};

/** Certificates and keys that the session sees; private keys only after a login, as the token decides. */
export function readObjects(session: Session): TokenObject[] {
  const objects: TokenObject[] = [];
  for (const kind of Object.values(objectClass)) {
    for (const object of findObjects(session, { class: kind })) objects.push(readObject(object, kind));
  }
  return objects;
}

/** How many handles are asked for at once. */
const handlesAtOnce = 64;

/** The objects that have these attributes, as far as the session sees them. */
export function findObjects(session: Session, template: ObjectTemplate): SessionObject[] {
  const { lib, handle } = session;
  lib.C_FindObjectsInit(handle, Template.toPkcs11(toGraphene(template)));
  const found: Buffer[] = [];
  try {
    for (;;) {
      const some = lib.C_FindObjects(handle, handlesAtOnce);
      if (some.length === 0) break;
      found.push(...some);
    }
  } finally {
    despite(() => lib.C_FindObjectsFinal(handle));
  }
  return found.map((object) => new SessionObject(object, session, lib));
}

/** One object with the attributes that its class has. */
export function readObject(object: SessionObject, kind: number): TokenObject {
  const attributes: Record<string, unknown> = { class: kind };
  for (const name of wanted[kind] ?? []) {
    const value = readAttribute(object, name);
    if (value !== undefined) attributes[name] = value;
  }
  return { handle: object.handle.toString('hex'), attributes: attributes as unknown as ObjectAttributes };
}

/** An attribute, undefined where the token has none or does not show it: one request each, for one refusal spoils all. */
function readAttribute(object: SessionObject, name: string): unknown {
  try {
    const value: unknown = object.getAttribute(name);
    return value instanceof Uint8Array && value.length === 0 ? undefined : value;
  } catch (error) {
    if (error instanceof CallFailure && failureOfValue(error.call, error.value) !== 'nothing') throw error;
    // graphene cannot make a number of fewer octets than it has: the token's value is broken.
    return undefined;
  }
}

/** Whether the object is there, and of that class. */
export function isOfClass(object: SessionObject, kind: number): boolean {
  return readAttribute(object, 'class') === kind;
}

/** An object of the session by the handle that `readObject` gave. */
export function objectByHandle(session: Session, handle: string): SessionObject {
  return new SessionObject(Buffer.from(handle, 'hex'), session, session.lib);
}

/** The template in the form that graphene takes: octets as Buffer. */
export function toGraphene(template: ObjectTemplate): Record<string, string | number | boolean | Buffer> {
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Buffer.from(value) : value,
    ]),
  );
}
