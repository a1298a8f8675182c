import { constants, createPrivateKey, type KeyObject, privateDecrypt } from 'node:crypto';
import { type Command, readTlv, Status, status, tlv } from './apdu.ts';
import { Card } from './card.ts';
import { CardPin } from './pin.ts';

/** What a card is issued with: keys of RSA 2048 in PKCS#8 and their certificates in DER, both in base64. */
export interface PivContents {
  readonly pin: string;
  readonly puk: string;
  /** Key for signing in (9A), which asks for the PIN once. */
  readonly authentication?: IssuedKey;
  /** Key for documents (9C), which asks for the PIN at every signature. */
  readonly signature?: IssuedKey;
}

interface IssuedKey {
  readonly key: string;
  readonly certificate: string;
}

const aid = Buffer.from('a000000308000010000100', 'hex');
const pinSize = 8;
const rsa2048 = 0x07;

/** A PIV card (NIST SP 800-73-4, part 2), as its issuer hands it out: nothing on it can be written but the PIN. */
export class PivCard extends Card {
  private readonly pin: CardPin;
  private readonly puk: CardPin;
  private readonly keys = new Map<number, KeyObject>();
  private readonly objects = new Map<string, Buffer>();
  private isVerified = false;
  /** The PIN was shown just now, and no other command has come since. */
  private isFresh = false;

  constructor({ pin, puk, authentication, signature }: PivContents) {
    super('SGPIV');
    this.pin = new CardPin(3, pin, pinSize);
    this.puk = new CardPin(3, puk, pinSize);
    this.objects.set('5fc102', cardholderIdentifier());
    this.objects.set('7e', tlv(0x7e, tlv(0x4f, aid), tlv(0x5f2f, Buffer.from([0x40, 0x00]))));
    this.issue(0x9a, '5fc105', authentication);
    this.issue(0x9c, '5fc10a', signature);
  }

  protected forget(): void {
    this.isVerified = false;
    this.isFresh = false;
  }

  protected answer(command: Command): Uint8Array {
    const isFresh = this.isFresh;
    this.isFresh = false;
    switch (command.ins) {
      case 0xa4:
        return this.select(command);
      case 0xcb:
        return this.getData(command);
      case 0x20:
        return this.verify(command);
      case 0x24:
        return this.replacePin(command, this.pin);
      case 0x2c:
        return this.replacePin(command, this.puk);
      case 0x87:
        return this.authenticate(command, isFresh);
      default:
        throw new Status(status.insNotSupported);
    }
  }

  private issue(reference: number, object: string, issued: IssuedKey | undefined): void {
    if (issued === undefined) return;
    const key = Buffer.from(issued.key, 'base64');
    this.keys.set(reference, createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
    const certificate = Buffer.from(issued.certificate, 'base64');
    const parts = [tlv(0x70, certificate), tlv(0x71, Buffer.from([0])), tlv(0xfe)];
    this.objects.set(object, tlv(0x53, ...parts));
  }

  private select({ p1, data }: Command): Uint8Array {
    if (p1 !== 0x04 || !aid.subarray(0, data.length).equals(data) || data.length < 5)
      throw new Status(status.fileNotFound);
    return tlv(0x61, tlv(0x4f, aid.subarray(5)), tlv(0x79, tlv(0x4f, aid.subarray(0, 5))));
  }

  private getData({ data }: Command): Uint8Array {
    const wanted = readTlv(data).get(0x5c)?.toString('hex') ?? '';
    const object = this.objects.get(wanted);
    if (object === undefined) throw new Status(status.fileNotFound);
    return object;
  }

  private verify({ p2, data }: Command): Uint8Array {
    if (p2 !== 0x80) throw new Status(status.referenceNotFound);
    if (data.length === 0) {
      if (this.isVerified) return Buffer.alloc(0);
      this.pin.tell();
    }
    this.isVerified = false;
    this.pin.check(data);
    this.isVerified = true;
    this.isFresh = true;
    return Buffer.alloc(0);
  }

  /** CHANGE REFERENCE DATA with the PIN, RESET RETRY COUNTER with the PUK. */
  private replacePin({ p2, data }: Command, proof: CardPin): Uint8Array {
    if (p2 !== 0x80 || data.length !== 2 * pinSize) throw new Status(status.wrongParameters);
    proof.check(data.subarray(0, pinSize));
    this.pin.set(data.subarray(pinSize));
    return Buffer.alloc(0);
  }

  /** GENERAL AUTHENTICATE: the bare operation of RSA, the padding comes from the host. */
  private authenticate({ p1, p2, data }: Command, isFresh: boolean): Uint8Array {
    const key = this.keys.get(p2);
    if (p1 !== rsa2048 || key === undefined) throw new Status(status.referenceNotFound);
    if (p2 === 0x9c ? !isFresh : !this.isVerified) throw new Status(status.securityNotSatisfied);
    const challenge = readTlv(readTlv(data).get(0x7c) ?? Buffer.alloc(0)).get(0x81);
    if (challenge?.length !== 256) throw new Status(status.wrongData);
    const signature = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, challenge);
    return tlv(0x7c, tlv(0x82, signature));
  }
}

/** CHUID without a signature: a FASC-N of zeros, a GUID, an end of term. */
function cardholderIdentifier(): Buffer {
  const guid = Buffer.from('5345414c474154452d544553542d3031', 'hex');
  const parts = [
    tlv(0x30, Buffer.alloc(25)),
    tlv(0x34, guid),
    tlv(0x35, Buffer.from('20991231')),
    tlv(0x3e),
    tlv(0xfe),
  ];
  return tlv(0x53, ...parts);
}
