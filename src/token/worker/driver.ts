import { type Mechanism, Module, type Session, SessionFlag, type Slot } from 'graphene-pk11';
import { SealgateError } from '../../error.ts';
import { objectClass } from '../cryptoki.ts';
import { checkPinState } from '../flags.ts';
import type { MechanismCall, RequestName, Requests } from '../protocol.ts';
import { type Activity, returnValue } from './failure.ts';
import { confirmOperation, isLoggedIn, Logins, refused, type Standing, textOf } from './login.ts';
import { objectByHandle, readObject, readObjects, toGraphene } from './object.ts';
import { isTokenPresent, readSlots, slotByHandle } from './slot.ts';

interface OpenSession {
  readonly slot: Slot;
  readonly serial: string;
  readonly session: Session;
  readonly login?: Standing;
}

type Take<N extends RequestName> = Requests[N]['take'];
type Give<N extends RequestName> = Requests[N]['give'];

/** CKF_OS_LOCKING_OK: lets a driver that has threads of its own lock them by the system's means. */
const osLocking = 0x2;

// CKR_ numbers.
const argumentsBad = 0x07;
const cannotLock = 0x0a;
const functionNotSupported = 0x54;
const pinIncorrect = 0xa0;

/**
 * A PKCS#11 module and its sessions, in the worker's process. Every method is one request of the protocol; what the
 * driver throws goes up as it is. `activity` and `isPresent` tell afterwards what was going on, and with what token.
 */
export class Driver {
  activity: Activity = 'load';
  private module: Module | undefined;
  private readonly sessions = new Map<number, OpenSession>();
  private readonly logins = new Logins();
  private current: { readonly slot: Slot; readonly serial: string; readonly session?: Session } | undefined;

  /** Whether the token that the last request was about still answers. */
  isPresent(): boolean {
    return this.current === undefined || isTokenPresent(this.current.slot, this.current.serial);
  }

  /**
   * To be called after a failure that leaves the last request's session in doubt: ends it, and with it those that
   * its token has taken along, for PKCS#11 closes all of them when a token is pulled out. Gives their numbers.
   */
  abandon(): number[] {
    const { current } = this;
    if (current === undefined) return [];
    const isGone = !this.isPresent();
    const over = [...this.sessions].flatMap(([id, { slot, session, login }]) => {
      if (session === current.session) return id;
      if (!slot.handle.equals(current.slot.handle)) return [];
      return isGone || !isLoggedIn(session, login?.role) ? id : [];
    });
    for (const session of over) this.close({ session });
    return over;
  }

  load({ path }: Take<'load'>): Give<'load'> {
    this.begin('load');
    const module = loadLibrary(path);
    initialise(module);
    this.module = module;
    return null;
  }

  info(): Give<'info'> {
    this.begin('slots');
    const module = this.loaded();
    return {
      manufacturer: module.manufacturerID,
      description: module.libraryDescription,
      version: `${module.libraryVersion.major}.${module.libraryVersion.minor}`,
      cryptoki: `${module.cryptokiVersion.major}.${module.cryptokiVersion.minor}`,
    };
  }

  slots(): Give<'slots'> {
    this.begin('slots');
    return readSlots(this.loaded());
  }

  open({ session: id, slot: handle, serial, role, pin, confirmFinalTry }: Take<'open'>): Give<'open'> {
    this.begin('open');
    const slot = this.slot(handle);
    this.current = { slot, serial };
    if (!isTokenPresent(slot, serial)) throw new SealgateError('token_removed', {});
    const session = slot.open(SessionFlag.SERIAL_SESSION | SessionFlag.RW_SESSION);
    if (role === 'nobody') {
      this.sessions.set(id, { slot, serial, session });
      return null;
    }
    this.activity = 'login';
    try {
      const login = this.logins.login(slot, session, role, pin ?? new Uint8Array(), confirmFinalTry);
      this.sessions.set(id, { slot, serial, session, login });
    } catch (error) {
      session.close();
      throw error;
    }
    return null;
  }

  flags({ session }: Take<'flags'>): Give<'flags'> {
    return this.use(session, 'sign').slot.getToken().flags;
  }

  objects({ session }: Take<'objects'>): Give<'objects'> {
    return readObjects(this.use(session, 'read').session);
  }

  sign({ session: id, key, mechanism, data, pin, confirmFinalTry }: Take<'sign'>): Give<'sign'> {
    const { slot, session } = this.use(id, 'sign');
    const sign = session.createSign(algorithmOf(mechanism), objectByHandle(session, key).toType());
    const input = Buffer.from(data);
    if (pin !== undefined) {
      try {
        confirmOperation(slot, session, pin, confirmFinalTry === true);
      } catch (error) {
        end(() => sign.once(input));
        throw error;
      }
    }
    return Uint8Array.from(sign.once(input));
  }

  generate({ session: id, mechanism, publicKey, privateKey }: Take<'generate'>): Give<'generate'> {
    const { session } = this.use(id, 'generate');
    const pair = session.generateKeyPair(
      algorithmOf(mechanism),
      toGraphene(publicKey),
      toGraphene(privateKey),
    );
    return {
      publicKey: readObject(pair.publicKey, objectClass.publicKey),
      privateKey: readObject(pair.privateKey, objectClass.privateKey),
    };
  }

  create({ session: id, template }: Take<'create'>): Give<'create'> {
    const { session } = this.use(id, 'write');
    return readObject(session.create(toGraphene(template)), Number(template.class));
  }

  initialise({ slot: handle, officerPin, label }: Take<'initialise'>): Give<'initialise'> {
    this.begin('initialise');
    const slot = this.slot(handle);
    // Not Slot.initToken: in graphene-pk11 2.3.6 it fails after the work is done, and pkcs11js reads 32 octets of label.
    try {
      slot.lib.C_InitToken(slot.handle, textOf(officerPin), paddedLabel(label));
    } catch (error) {
      throw returnValue(error) === pinIncorrect ? refused(slot, 'officer', error) : error;
    }
    return null;
  }

  setUserPin({ session: id, pin }: Take<'setUserPin'>): Give<'setUserPin'> {
    this.use(id, 'set-pin').session.initPin(textOf(pin));
    return null;
  }

  changePin({ session: id, oldPin, newPin, confirmFinalTry }: Take<'changePin'>): Give<'changePin'> {
    const { slot, session } = this.use(id, 'set-pin');
    const token = slot.getToken();
    checkPinState(token.flags, token.label, 'user', confirmFinalTry);
    try {
      session.setPin(textOf(oldPin), textOf(newPin));
    } catch (error) {
      throw returnValue(error) === pinIncorrect ? refused(slot, 'user', error) : error;
    }
    this.logins.renew(slot, newPin);
    return null;
  }

  /** Closes a session. A token that is gone cannot be logged out; its session is forgotten all the same. */
  close({ session: id }: Take<'close'>): Give<'close'> {
    const open = this.sessions.get(id);
    if (open === undefined) return null;
    this.sessions.delete(id);
    const { slot, session, login } = open;
    if (login !== undefined) despite(() => this.logins.leave(slot, session, login));
    despite(() => session.close());
    return null;
  }

  /** Logs out everywhere and lets go of the driver, as far as it still can. */
  finalise(): void {
    try {
      this.module?.finalize();
    } catch {
      // The process ends anyway, and with it the driver's sessions.
    }
  }

  /** What went before has no part in what may fail now. */
  private begin(activity: Activity): void {
    this.activity = activity;
    this.current = undefined;
  }

  private loaded(): Module {
    if (this.module === undefined) throw new Error('the module has not been loaded');
    return this.module;
  }

  private slot(handle: string): Slot {
    const slot = slotByHandle(this.loaded(), handle);
    if (slot === undefined) throw new SealgateError('token_removed', {});
    return slot;
  }

  private use(id: number, activity: Activity): OpenSession {
    this.begin(activity);
    const open = this.sessions.get(id);
    // It went with its token, or with the process in which it was opened.
    if (open === undefined) throw new SealgateError('token_removed', {});
    this.current = open;
    return open;
  }
}

/** Does what the driver may refuse, because it knows nothing of it any more. */
function despite(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (returnValue(error) === undefined) throw error;
  }
}

/** Ends an operation that has been begun and must not be carried out: without its PIN the token refuses it, and it is over. */
function end(finish: () => unknown): void {
  try {
    finish();
  } catch {
    // The refusal is what was wanted.
  }
}

/** Loads the library; throws `pkcs11_module_incompatible` with what the system's loader says. */
function loadLibrary(path: string): Module {
  try {
    return Module.load(path);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const isOther = message.includes('C_GetFunctionList');
    const missing = /([^\s:]+): cannot open shared object file/.exec(message)?.[1];
    const problem = isOther
      ? 'it is not a PKCS#11 library'
      : missing !== undefined && missing !== path
        ? `it needs ${missing}, which is not installed`
        : message;
    throw new SealgateError('pkcs11_module_incompatible', { path, problem }, { cause: error });
  }
}

function initialise(module: Module): void {
  try {
    module.initialize({ flags: osLocking });
  } catch (error) {
    // Some drivers refuse arguments; without them they run in one thread, which is all that we use.
    const value = returnValue(error);
    if (value !== argumentsBad && value !== cannotLock && value !== functionNotSupported) throw error;
    module.initialize();
  }
}

function algorithmOf({ type, parameter, pss }: MechanismCall): Parameters<typeof Mechanism.create>[0] {
  // graphene takes a number for a mechanism's name, and octets or a CK_ structure for its parameter.
  const params: unknown =
    pss === undefined
      ? parameter && Buffer.from(parameter)
      : { type: 5, hashAlg: pss.hash, mgf: pss.mask, saltLen: pss.salt };
  return { name: type as unknown as string, params: (params ?? null) as null };
}

/** A label as C_InitToken wants it: 32 octets of UTF-8, blank padded, cut at a character's boundary. */
function paddedLabel(label: string): string {
  let text = '';
  for (const character of label) {
    if (Buffer.byteLength(text + character) > 32) break;
    text += character;
  }
  return text + ' '.repeat(32 - Buffer.byteLength(text));
}
