import { type Adapter, type AdapterPayload, errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { Database } from '../database/database.ts';
import { writeUnless } from '../database/write-unless.ts';
import { defined } from '../optional.ts';
import {
  consumeObject,
  dropGrant,
  dropObject,
  dropOfGrant,
  endObject,
  type FoundObject,
  findByUid,
  findObject,
  keepObject,
  keepOnce,
} from './object.ts';
import { waiting, writeAtEnd } from './together.ts';

/** What the adapter works with. */
export interface AdapterOptions {
  readonly database: Database;
  readonly now: () => number;
  /** What the library does just now, where it does something. */
  readonly current: () => Partial<KoaContextWithOIDC> | undefined;
}

/** What falls with its grant. */
const grantable: ReadonlySet<string> = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken']);

/** What strangers can have made: as many of each relying party as are let. */
const bounded: ReadonlySet<string> = new Set(['Interaction', 'PushedAuthorizationRequest']);

/** What is known as over when it is asked for again, so that people are told where to begin anew. */
const ended: ReadonlySet<string> = new Set(['Interaction']);

/** What nobody asks for again within the request that made it. */
const patient: ReadonlySet<string> = new Set(['Grant', 'AuthorizationCode']);

/** Nothing is kept for longer than this, whatever the library asks for, in seconds. */
const longest = 31 * 86_400;

/**
 * Where the library keeps what it makes, on the database. It leaves two things to this adapter, and both are held here:
 * that what may be used once is used once, since it ignores what `consume` answers (a second one is refused, in
 * whichever process, and takes along what the first one gave), and that a grant takes along whatever was issued by it.
 */
export function storageAdapter(model: string, options: AdapterOptions): Adapter {
  const { database, now, current } = options;

  const upsert = async (id: string, payload: AdapterPayload, expiresIn: number = longest): Promise<void> => {
    const at = now();
    const { jti: _opens, ...rest } = payload;
    const { uid, grantId, session } = rest;
    const client = bounded.has(model) ? current()?.oidc?.client?.clientId : undefined;
    const object = {
      ...{ model, id, payload: { ...rest, ...(session ? { session: withoutCookie(session) } : {}) } },
      expiresAt: at + Math.min(expiresIn, longest) * 1000,
      ...defined({ client }),
      ...(grantId !== undefined && grantable.has(model) ? { grant: grantId } : {}),
      ...(uid !== undefined && model === 'Session' ? { uid } : {}),
    };
    if (model === 'Session') {
      await database.write({ statements: [...waiting(current()), keepObject(object, at)] });
      return;
    }
    if (patient.has(model)) {
      await writeAtEnd(database, current(), [keepObject(object, at)]);
      return;
    }
    if (model !== 'ReplayDetection') {
      await database.write({ statements: [keepObject(object, at)] });
      return;
    }
    const unit = { statements: [keepOnce(object)] };
    if (!(await writeUnless(database, unit, 'oidc_object_used')))
      throw new errors.InvalidRequest('it was used before');
  };

  return {
    upsert,
    async find(id) {
      const found = await findObject(database, model, id);
      const isOver = ended.has(model) && found?.consumedAt !== undefined;
      return isOver ? undefined : found && payloadOf(found, id);
    },
    async findByUid(uid) {
      const found = await findByUid(database, model, uid);
      return found && payloadOf(found);
    },
    // The device flow is closed.
    findByUserCode: async () => undefined,
    async consume(id) {
      const unit = { statements: [consumeObject(model, id, now())] };
      if (await writeUnless(database, unit, 'oidc_object_used')) return;
      if (model === 'PushedAuthorizationRequest') throw new errors.InvalidRequestUri('it was used before');
      const grant = (await findObject(database, model, id))?.payload.grantId;
      if (typeof grant === 'string') await database.write({ statements: [...dropGrant(grant)] });
      throw new errors.InvalidGrant('it was used before');
    },
    async destroy(id) {
      const statement = ended.has(model) ? endObject(model, id, now()) : dropObject(model, id);
      await writeAtEnd(database, current(), [statement]);
    },
    async revokeByGrantId(grantId) {
      await database.write({ statements: [dropOfGrant(model, grantId)] });
    },
  };
}

/** The library puts the browser's own cookie beside a sign-in that has to be asked for, and never looks at it again. */
function withoutCookie({ cookie: _opens, ...session }: NonNullable<AdapterPayload['session']>) {
  return session;
}

function payloadOf({ payload, consumedAt }: FoundObject, jti?: string): AdapterPayload {
  return {
    ...payload,
    ...defined({ jti }),
    ...(consumedAt === undefined ? {} : { consumed: Math.floor(consumedAt / 1000) }),
  } as AdapterPayload;
}
