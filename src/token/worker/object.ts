import { registerAttribute, type Session, SessionObject } from 'graphene-pk11';
import { objectClass } from '../cryptoki.ts';
import type { ObjectAttributes, ObjectTemplate, TokenObject } from '../protocol.ts';

registerAttribute('gostR3410Params', 0x250, 'buffer');
registerAttribute('gostR3411Params', 0x251, 'buffer');

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
    'gostR3410Params',
    'gostR3411Params',
    'sign',
    'alwaysAuth',
  ],
};

/** Certificates and keys that the session sees; private keys only after a login, as the token decides. */
export function readObjects(session: Session): TokenObject[] {
  const objects: TokenObject[] = [];
  for (const kind of Object.values(objectClass)) {
    const found = session.find({ class: kind });
    for (let index = 0; index < found.length; index++) objects.push(readObject(found.items(index), kind));
  }
  return objects;
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
  } catch {
    return undefined;
  }
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
