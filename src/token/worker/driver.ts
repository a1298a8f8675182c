import { type Key, type Mechanism, Session, SessionFlag, type Slot } from 'graphene-pk11';
import { SealgateError } from '../../error.ts';
import { objectClass } from '../cryptoki.ts';
import { checkPinState } from '../pin-state.ts';
import type { MechanismCall, RequestName, Requests } from '../protocol.ts';
import { Cryptoki, despite, isAnswer } from './cryptoki.ts';
import { generatePair } from './generation.ts';
import { checked, isLoggedIn, Logins, refusalOf, type Standing } from './login.ts';
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

/** How long to wait between two looks, in milliseconds. */
const glance = 250;

/**
 * A PKCS#11 module and its sessions, in the worker's process. Every method is one request of the protocol; what the
 * driver throws goes up as it is. `isPresent` tells afterwards whether the token that it was about is still there.
 */
export class Driver {
  private loadedCryptoki: Cryptoki | undefined;
  private knownLogins: Logins | undefined;
  private readonly sessions = new Map<number, OpenSession>();
  private readonly patience: number;
  private current: { readonly slot: Slot; readonly serial: string; readonly session?: Session } | undefined;

  /** `patience` is how long a card service may take to notice that a token is gone, in milliseconds. */
  constructor(patience = 1500) {
    this.patience = patience;
  }

  /**
   * Whether the token that the last request was about is still there, and the session in which it was worked with: one
   * that was out and is back has taken its sessions along. Patiently, it is looked for as long as a card service may
   * take to notice.
   */
  isPresent(patiently: boolean): boolean {
    const session = this.current?.session;
    const look = () => this.hasToken() && (session === undefined || isLoggedIn(session, undefined));
    if (this.current === undefined || !patiently) return look();
    for (let waited = 0; look(); waited += glance) {
      if (waited >= this.patience) return true;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, glance);
    }
    return false;
  }

  /**
   * To be called after a failure that leaves the last request's session in doubt: ends it, and with it those that
   * its token has taken along, for PKCS#11 closes all of them when a token is pulled out. Gives their numbers.
   */
  abandon(): number[] {
    const { current } = this;
    if (current === undefined) return [];
    const isGone = !this.hasToken();
    const over = [...this.sessions].flatMap(([id, { slot, session, login }]) => {
      if (session === current.session) return id;
      if (!slot.handle.equals(current.slot.handle)) return [];
      return isGone || !isLoggedIn(session, login?.role) ? id : [];
    });
    for (const session of over) this.close({ session });
    return over;
  }

  load({ path }: Take<'load'>): Give<'load'> {
    this.current = undefined;
    this.loadedCryptoki = new Cryptoki(path);
    this.knownLogins = new Logins(this.loadedCryptoki);
    return null;
  }

  info(): Give<'info'> {
    this.current = undefined;
    const { manufacturerID, libraryDescription, libraryVersion, cryptokiVersion } =
      this.cryptoki.calls.C_GetInfo();
    return {
      manufacturer: trimmed(manufacturerID),
      description: trimmed(libraryDescription),
      version: `${libraryVersion.major}.${libraryVersion.minor}`,
      cryptoki: `${cryptokiVersion.major}.${cryptokiVersion.minor}`,
    };
  }

  slots(): Give<'slots'> {
    this.current = undefined;
    return readSlots(this.cryptoki.module);
  }

  open({
    session: id,
    slot: handle,
    serial,
    role,
    pin,
    confirmFinalTry,
    isForWriting,
  }: Take<'open'>): Give<'open'> {
    const slot = this.slot(handle);
    this.current = { slot, serial };
    if (!this.hasToken()) throw new SealgateError('token_removed', {});
    const session = this.openSession(slot, isForWriting);
    if (role === 'nobody') {
      this.sessions.set(id, { slot, serial, session });
      return null;
    }
    try {
      const login = this.logins.login(slot, session, role, pin ?? null, confirmFinalTry);
      this.sessions.set(id, { slot, serial, session, ...(login !== undefined && { login }) });
    } catch (error) {
      session.close();
      throw error;
    }
    return null;
  }

  flags({ session }: Take<'flags'>): Give<'flags'> {
    const { slot } = this.use(session);
    if (!this.hasToken()) throw new SealgateError('token_removed', {});
    return slot.getToken().flags;
  }

  objects({ session }: Take<'objects'>): Give<'objects'> {
    return readObjects(this.use(session).session);
  }

  sign({ session: id, key, mechanism, data, pin, confirmFinalTry }: Take<'sign'>): Give<'sign'> {
    const { slot, session, login } = this.use(id);
    try {
      const sign = session.createSign(algorithmOf(mechanism), objectByHandle(session, key) as unknown as Key);
      const input = Buffer.from(data);
      if (pin !== undefined) {
        try {
          this.logins.confirmOperation(slot, session, pin, confirmFinalTry === true);
        } catch (error) {
          end(() => sign.once(input));
          throw error;
        }
      }
      return Uint8Array.from(sign.once(input));
    } catch (error) {
      if (!isAnswer(error, 'CKR_USER_NOT_LOGGED_IN') || pin !== undefined) throw error;
      if (login === undefined) return 'login';
      // Logged in, and yet not enough: the key wants the PIN at each signature, whatever its attributes say.
      if (isLoggedIn(session, login.role)) return 'pin';
      throw error;
    }
  }

  generate({
    session: id,
    mechanism,
    publicKey,
    privateKey,
    privateParameters,
  }: Take<'generate'>): Give<'generate'> {
    const { session } = this.use(id);
    const halves = generatePair(session, algorithmOf(mechanism), publicKey, privateKey, privateParameters);
    return {
      publicKey: readObject(halves.publicKey, objectClass.publicKey),
      privateKey: readObject(halves.privateKey, objectClass.privateKey),
    };
  }

  destroy({ session: id, objects }: Take<'destroy'>): Give<'destroy'> {
    const { session } = this.use(id);
    for (const handle of objects) objectByHandle(session, handle).destroy();
    return null;
  }

  create({ session: id, template }: Take<'create'>): Give<'create'> {
    const { session } = this.use(id);
    return readObject(session.create(toGraphene(template)), Number(template.class));
  }

  initialise({ slot: handle, officerPin, label }: Take<'initialise'>): Give<'initialise'> {
    this.current = undefined;
    const slot = this.slot(handle);
    try {
      this.cryptoki.initToken(slot.handle, checked(officerPin), label);
    } catch (error) {
      throw refusalOf(error, slot, 'officer');
    }
    return null;
  }

  setUserPin({ session: id, pin }: Take<'setUserPin'>): Give<'setUserPin'> {
    this.cryptoki.initPin(this.use(id).session.handle, checked(pin));
    return null;
  }

  changePin({ session: id, oldPin, newPin, isPuk, confirmFinalTry }: Take<'changePin'>): Give<'changePin'> {
    const { slot, session } = this.use(id);
    const token = slot.getToken();
    if (!isPuk) checkPinState(token.flags, token.label, 'user', confirmFinalTry);
    try {
      this.cryptoki.setPin(session.handle, checked(oldPin), checked(newPin));
    } catch (error) {
      // Flags tell nothing of the PUK's tries.
      throw isPuk ? error : refusalOf(error, slot, 'user');
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
      this.loadedCryptoki?.calls.C_Finalize();
    } catch {
      // The process ends anyway, and with it the driver's sessions.
    }
  }

  private get cryptoki(): Cryptoki {
    if (this.loadedCryptoki === undefined) throw new Error('the module has not been loaded');
    return this.loadedCryptoki;
  }

  private get logins(): Logins {
    if (this.knownLogins === undefined) throw new Error('the module has not been loaded');
    return this.knownLogins;
  }

  private hasToken(): boolean {
    const { current } = this;
    return current === undefined || isTokenPresent(this.cryptoki.module, current.slot, current.serial);
  }

  private openSession(slot: Slot, isForWriting: boolean): Session {
    const flags = SessionFlag.SERIAL_SESSION | (isForWriting ? SessionFlag.RW_SESSION : 0);
    const handle = slot.lib.C_OpenSession(slot.handle, flags);
    try {
      return new Session(handle, slot, slot.lib);
    } catch (error) {
      despite(() => slot.lib.C_CloseSession(handle));
      throw error;
    }
  }

  private slot(handle: string): Slot {
    const slot = slotByHandle(this.cryptoki.module, handle);
    if (slot === undefined) throw new SealgateError('token_removed', {});
    return slot;
  }

  private use(id: number): OpenSession {
    this.current = undefined;
    const open = this.sessions.get(id);
    // It went with its token, or with the process in which it was opened.
    if (open === undefined) throw new SealgateError('token_removed', {});
    this.current = open;
    return open;
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

/** Text of a CK_ structure without the blanks that fill it up, and without the zeros of drivers that err. */
function trimmed(text: string): string {
  return text.replace(/[ \0]+$/, '');
}

function algorithmOf({ type, parameter, pss }: MechanismCall): Parameters<typeof Mechanism.create>[0] {
  // graphene takes a number for a mechanism's name, and octets or a CK_ structure for its parameter.
  const params: unknown =
    pss === undefined
      ? parameter && Buffer.from(parameter)
      : { type: 5, hashAlg: pss.hash, mgf: pss.mask, saltLen: pss.salt };
  return { name: type as unknown as string, params: (params ?? null) as null };
}
