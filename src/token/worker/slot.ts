import { type Module, Slot, type Token } from 'graphene-pk11';
import { tokenFlag } from '../pin-state.ts';
import type { SlotInfo, SlotTrouble, TokenInfo } from '../protocol.ts';
import { CallFailure } from './cryptoki.ts';
import { findObjects } from './object.ts';
import { failureOfValue } from './return-value.ts';

/**
 * Every slot of the module with its token; a slot that fails is listed with its trouble and hides no other. Whether a
 * token is there is asked of C_GetSlotList: C_GetTokenInfo goes on answering for one that was pulled out (OpenSC).
 */
export function readSlots(module: Module): SlotInfo[] {
  const present = new Set(handlesOf(module, true));
  return handlesOf(module, false).flatMap((handle) => readSlot(module, handle, present.has(handle)));
}

function readSlot(module: Module, handle: string, isPresent: boolean): SlotInfo[] {
  try {
    const slot = slotByHandle(module, handle);
    if (slot === undefined) return [];
    const info = { slot: handle, description: slot.slotDescription };
    if (!isPresent) return [info];
    try {
      return [{ ...info, token: readToken(slot, slot.getToken()) }];
    } catch (error) {
      return [{ ...info, trouble: troubleOf(error) }];
    }
  } catch (error) {
    return [{ slot: handle, description: '', trouble: troubleOf(error) }];
  }
}

function troubleOf(error: unknown): SlotTrouble {
  if (!(error instanceof CallFailure)) throw error;
  const code = failureOfValue(error.call, error.value);
  return { code: code === 'nothing' ? 'pkcs11_module_failed' : code, problem: error.message };
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
    isBlank: (token.flags & usedFlags) === 0 && !showsObjects(slot),
  };
}

/** Either flag says that somebody has set the token up. */
const usedFlags = tokenFlag.tokenInitialized | tokenFlag.userPinInitialized;

/** Whether anything shows on the token without a login; one that is not set up allows for no session. */
function showsObjects(slot: Slot): boolean {
  try {
    const session = slot.open();
    try {
      return findObjects(session, {}).length > 0;
    } finally {
      session.close();
    }
  } catch (error) {
    if (error instanceof CallFailure) return false;
    throw error;
  }
}

function handlesOf(module: Module, withToken: boolean): string[] {
  return module.lib.C_GetSlotList(withToken).map((handle) => handle.toString('hex'));
}

/** The slot with that handle, undefined if the module no longer has it. */
export function slotByHandle(module: Module, handle: string): Slot | undefined {
  const found = module.lib.C_GetSlotList(false).find((each) => each.toString('hex') === handle);
  return found === undefined ? undefined : new Slot(found, module, module.lib);
}

/** Whether the token with that serial number is in its slot. */
export function isTokenPresent(module: Module, slot: Slot, serial: string): boolean {
  try {
    return (
      handlesOf(module, true).includes(slot.handle.toString('hex')) && slot.getToken().serialNumber === serial
    );
  } catch {
    return false;
  }
}
