import type { Module, Slot, Token } from 'graphene-pk11';
import { tokenPresent } from '../cryptoki.ts';
import type { SlotInfo, TokenInfo } from '../protocol.ts';
import { returnName } from './failure.ts';

/** Every slot of the module with its token; a slot that fails is listed with its trouble and hides no other. */
export function readSlots(module: Module): SlotInfo[] {
  const found = module.getSlots(false);
  return Array.from({ length: found.length }, (_, index) => readSlot(found.items(index)));
}

function readSlot(slot: Slot): SlotInfo {
  const info = {
    slot: slot.handle.toString('hex'),
    description: slot.slotDescription,
    slotFlags: slot.flags,
  };
  if ((slot.flags & tokenPresent) === 0) return info;
  try {
    return { ...info, token: readToken(slot, slot.getToken()) };
  } catch (error) {
    return { ...info, trouble: returnName(error) };
  }
}

function readToken(slot: Slot, token: Token): TokenInfo {
  return {
    label: token.label,
    manufacturer: token.manufacturerID,
    model: token.model,
    serial: token.serialNumber,
    flags: token.flags,
    minimumPin: token.minPinLen,
    maximumPin: token.maxPinLen,
    mechanisms: slot.lib.C_GetMechanismList(slot.handle),
  };
}

/** The slot with that handle, undefined if the module no longer has it. */
export function slotByHandle(module: Module, handle: string): Slot | undefined {
  const found = module.getSlots(false);
  for (let index = 0; index < found.length; index++) {
    const slot = found.items(index);
    if (slot.handle.toString('hex') === handle) return slot;
  }
  return undefined;
}

/** Whether the token with that serial number still answers in its slot. */
export function isTokenPresent(slot: Slot, serial: string): boolean {
  try {
    const { flags } = slot.lib.C_GetSlotInfo(slot.handle);
    return (flags & tokenPresent) !== 0 && slot.getToken().serialNumber === serial;
  } catch {
    return false;
  }
}
