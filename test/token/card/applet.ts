import { constants, generateKeyPairSync, type KeyObject, privateEncrypt } from 'node:crypto';
import { type Command, readTlv, Status, status, tlv } from './apdu.ts';
import { Card } from './card.ts';
import { CardPin } from './pin.ts';

interface CardFile {
  readonly id: number;
  readonly isFolder: boolean;
  readonly parent: CardFile | undefined;
  readonly name: Buffer;
  /** FCP as it was created (ISO/IEC 7816-4, section 5.3.3). */
  readonly control: Buffer;
  /** Security conditions by operation: 0x90 wants the PIN, 0xFF is never, 0x00 always. */
  readonly access: Buffer;
  readonly content: Buffer;
}

const aid = Buffer.from('f276a288bcfba69d34f31001', 'hex');
/** Version 00.06 of the applet, without features. */
const version = Buffer.from([0x00, 0x06, 0x00]);
const nothing = Buffer.alloc(0);
const generateRsa2048 = 0xf3;
const signPkcs1 = 0x11;

/** OpenSC fills a PIN up with zeros when it shows it, and not when it sets it for the first time. */
const pinSize = 16;

function padded(pin: Buffer): Buffer {
  return Buffer.concat([pin, Buffer.alloc(Math.max(pinSize - pin.length, 0))]);
}

/** Operations by their place in the access octets of a file, and of a folder. */
const operation = {
  deleteSelf: 1,
  update: 6,
  read: 7,
  createFolder: 5,
  createFile: 6,
  deleteChild: 7,
} as const;

/**
 * A card with the command set that OpenSC's isoApplet driver speaks: a file system to which pkcs15-init writes, one PIN,
 * one PUK, and RSA keys that are generated on the card.
 */
export class AppletCard extends Card {
  private readonly pin = new CardPin(3);
  private readonly puk = new CardPin(3);
  private readonly root: CardFile = {
    id: 0x3f00,
    isFolder: true,
    parent: undefined,
    name: nothing,
    control: tlv(0x6f, tlv(0x82, Buffer.from([0x38])), tlv(0x83, Buffer.from([0x3f, 0x00]))),
    access: nothing,
    content: nothing,
  };
  private files: CardFile[] = [this.root];
  private selected: CardFile = this.root;
  private isVerified = false;
  private environment = { algorithm: 0, key: 0 };
  private readonly keys = new Map<number, KeyObject>();

  constructor() {
    super('SGISO');
  }

  protected forget(): void {
    this.isVerified = false;
    this.selected = this.root;
  }

  protected answer(command: Command): Uint8Array {
    switch (command.ins) {
      case 0xa4:
        return this.select(command);
      case 0xca:
        return this.getData(command);
      case 0xe0:
        return this.create(command);
      case 0xe4:
        return this.delete(command);
      case 0xb0:
        return this.read(command);
      case 0xd6:
        return this.update(command);
      case 0x20:
        return this.verify(command);
      case 0x24:
        return this.changePin(command);
      case 0x2c:
        return this.unblock(command);
      case 0x22:
        return this.manageEnvironment(command);
      case 0x46:
        return this.generate();
      case 0x2a:
        return this.sign(command);
      default:
        throw new Status(status.insNotSupported);
    }
  }

  private getData({ p1, p2 }: Command): Uint8Array {
    if (((p1 << 8) | p2) !== 0x0101) throw new Status(status.referenceNotFound);
    return version;
  }

  private select({ p1, p2, data }: Command): Uint8Array {
    this.selected = this.find(p1, data);
    return (p2 & 0x0c) === 0x0c ? nothing : this.selected.control;
  }

  private find(p1: number, data: Buffer): CardFile {
    if (p1 === 0x04) {
      if (data.equals(aid)) {
        this.isVerified = false;
        return this.root;
      }
      return this.required(this.files.find(({ name }) => name.length > 0 && name.equals(data)));
    }
    if (p1 === 0x00) return data.length === 0 ? this.root : this.byId(data.readUInt16BE());
    if (p1 !== 0x08 && p1 !== 0x09) throw new Status(status.wrongParameters);
    let file = p1 === 0x08 ? this.root : this.folder();
    for (let at = 0; at + 1 < data.length; at += 2) {
      const id = data.readUInt16BE(at);
      const parent = file;
      file = this.required(this.files.find((each) => each.parent === parent && each.id === id));
    }
    return file;
  }

  private byId(id: number): CardFile {
    if (id === this.root.id) return this.root;
    const folder = this.folder();
    return this.required(this.files.find((file) => file.parent === folder && file.id === id));
  }

  private folder(): CardFile {
    return this.selected.isFolder ? this.selected : (this.selected.parent ?? this.root);
  }

  private required(file: CardFile | undefined): CardFile {
    if (file === undefined) throw new Status(status.fileNotFound);
    return file;
  }

  /** Before a PIN is set the card is its issuer's, who may do everything. */
  private check(file: CardFile, at: number): void {
    const condition = file.access[at] ?? 0x00;
    if (condition === 0x00 || !this.pin.isSet) return;
    if (condition === 0xff || !this.isVerified) throw new Status(status.securityNotSatisfied);
  }

  private create({ data }: Command): Uint8Array {
    const control = readTlv(data).get(0x6f);
    if (control === undefined) throw new Status(status.wrongData);
    const fields = readTlv(control);
    const id = fields.get(0x83)?.readUInt16BE() ?? 0;
    const isFolder = ((fields.get(0x82)?.[0] ?? 0) & 0x38) === 0x38;
    const parent = this.folder();
    this.check(parent, isFolder ? operation.createFolder : operation.createFile);
    if (this.files.some((file) => file.parent === parent && file.id === id))
      throw new Status(status.alreadyExists);
    const size = isFolder ? 0 : (fields.get(0x81)?.readUInt16BE() ?? 0);
    const file = {
      id,
      isFolder,
      parent,
      name: Buffer.from(fields.get(0x84) ?? nothing),
      control: Buffer.from(data),
      access: Buffer.from(fields.get(0x86) ?? nothing),
      content: Buffer.alloc(size),
    };
    this.files.push(file);
    this.selected = file;
    return nothing;
  }

  private delete({ data }: Command): Uint8Array {
    const file = data.length === 0 ? this.selected : this.byId(data.readUInt16BE());
    if (file === this.root) throw new Status(status.securityNotSatisfied);
    this.check(file, operation.deleteSelf);
    const isWithin = (each: CardFile | undefined): boolean =>
      each !== undefined && (each === file || isWithin(each.parent));
    this.files = this.files.filter((each) => !isWithin(each));
    this.selected = file.parent ?? this.root;
    return nothing;
  }

  private read({ p1, p2, le }: Command): Uint8Array {
    this.check(this.selected, operation.read);
    const offset = (p1 << 8) | p2;
    if (this.selected.isFolder) throw new Status(status.conditionsNotSatisfied);
    return this.selected.content.subarray(offset, offset + (le ?? 256));
  }

  private update({ p1, p2, data }: Command): Uint8Array {
    this.check(this.selected, operation.update);
    const offset = (p1 << 8) | p2;
    if (offset + data.length > this.selected.content.length) throw new Status(status.notEnoughMemory);
    data.copy(this.selected.content, offset);
    return nothing;
  }

  private verify({ data }: Command): Uint8Array {
    if (data.length === 0) {
      if (this.isVerified) return nothing;
      this.pin.tell();
    }
    this.isVerified = false;
    this.pin.check(padded(data));
    this.isVerified = true;
    return nothing;
  }

  /** With P1 1 a PIN is set for the first time (reference 1) or a PUK (2); with 0 the PIN is changed by the old one. */
  private changePin({ p1, p2, data }: Command): Uint8Array {
    const pin = p2 === 2 ? this.puk : this.pin;
    if (p1 === 1) {
      if (pin.isSet) throw new Status(status.conditionsNotSatisfied);
      pin.set(padded(data));
      return nothing;
    }
    const half = data.length / 2;
    pin.check(padded(data.subarray(0, half)));
    pin.set(padded(data.subarray(half)));
    return nothing;
  }

  private unblock({ data }: Command): Uint8Array {
    this.puk.check(padded(data.subarray(0, pinSize)));
    this.pin.set(padded(data.subarray(pinSize)));
    return nothing;
  }

  private manageEnvironment({ data }: Command): Uint8Array {
    const fields = readTlv(data);
    this.environment = { algorithm: fields.get(0x80)?.[0] ?? 0, key: fields.get(0x84)?.[0] ?? 0 };
    return nothing;
  }

  private generate(): Uint8Array {
    if (this.pin.isSet && !this.isVerified) throw new Status(status.securityNotSatisfied);
    if (this.environment.algorithm !== generateRsa2048) throw new Status(status.functionNotSupported);
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.keys.set(this.environment.key, privateKey);
    const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
    return tlv(0x7f49, tlv(0x81, Buffer.from(n, 'base64url')), tlv(0x82, Buffer.from(e, 'base64url')));
  }

  private sign({ p1, p2, data }: Command): Uint8Array {
    const key = this.keys.get(this.environment.key);
    if (p1 !== 0x9e || p2 !== 0x9a || this.environment.algorithm !== signPkcs1 || key === undefined)
      throw new Status(status.wrongParameters);
    if (!this.isVerified) throw new Status(status.securityNotSatisfied);
    return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, data);
  }
}
