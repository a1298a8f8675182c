import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTestToken, playFaults } from '../../src/demo/test-token.ts';
import { SealgateError } from '../../src/error.ts';
import { type FailureCode, failureCodes } from '../../src/failure/catalogue.ts';
import { explain } from '../../src/failure/explain.ts';
import { planKeyPair } from '../../src/token/key-pair.ts';
import { Driver } from '../../src/token/worker/driver.ts';
import { failureOf } from '../../src/token/worker/failure.ts';
import {
  type Call,
  calls,
  failureOfValue,
  nameOfValue,
  returnValues,
} from '../../src/token/worker/return-value.ts';
import { officerPin, userPin } from './softhsm.ts';
import { noTestToken } from './test-token.ts';

const header = fileURLToPath(
  new URL('../../node_modules/pkcs11js/includes/pkcs11/pkcs11t.h', import.meta.url),
);
const names = Object.keys(returnValues) as (keyof typeof returnValues)[];

describe('the table of return values', () => {
  it('has every CKR_ value of PKCS#11 2.40 with its number, and no other', async () => {
    const defined = [...(await readFile(header, 'utf8')).matchAll(/#define (CKR_\w+) (0x[0-9A-Fa-f]+)UL/g)];
    const wanted = defined
      .map(([, name, value]) => [name, Number(value)])
      .filter(([name]) => name !== 'CKR_OK' && name !== 'CKR_VENDOR_DEFINED');
    expect(wanted.length).toBeGreaterThan(90);
    expect(Object.fromEntries(names.map((name) => [name, returnValues[name].value]))).toEqual(
      Object.fromEntries(wanted),
    );
  });

  it('says in every call what is told, and a wrong PIN only where CKR_PIN_INCORRECT says so', () => {
    for (const name of names) {
      for (const call of calls) {
        const told = failureOfValue(call, returnValues[name].value);
        expect(['nothing', ...failureCodes]).toContain(told);
        expect(told === 'pin_incorrect').toBe(
          name === 'CKR_PIN_INCORRECT' && failureOfValue(call, 0xa0) !== 'nothing',
        );
      }
    }
  });

  it('of a value that it does not have says that the driver failed, and tells it in hexadecimal', () => {
    expect(failureOfValue('C_Sign', 0x80000006)).toBe('pkcs11_module_failed');
    expect(nameOfValue(0x80000006)).toBe('0x80000006');
    expect(nameOfValue(0x30)).toBe('CKR_DEVICE_ERROR');
  });
});

it.each(failureCodes)(
  '%s: its remedy names no command that erases, unless the token is known to be empty and it says what would be lost',
  (code) => {
    for (const language of ['en', 'ru'] as const) {
      const { remedy } = explain(code, {}, language);
      const erases = /token init|erase|(?<!--)format|стереть|форматир/i.test(remedy);
      expect(erases && !/lost for good|пропадут навсегда/.test(remedy)).toBe(false);
      if (/token init/.test(remedy)) expect(code).toBe('token_uninitialized');
    }
  },
);

it('a failure of ours passes unchanged, and an error of another kind is none', () => {
  const failure = new SealgateError('pin_locked', { role: 'user' });
  expect(failureOf(failure, () => true)).toMatchObject({ code: 'pin_locked', isSuspect: false });
  expect(failureOf(new TypeError('x'), () => true)).toBeUndefined();
});

describe.skipIf(noTestToken)(
  `a driver that answers with each of them${noTestToken ? ` (skipped: ${noTestToken})` : ''}`,
  () => {
    let folder: string;
    let store: string;
    let library: string;
    let serial: string;
    let slot: string;
    let driver: Driver;
    let lastSession = 0;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'sealgate-token-'));
      const token = await makeTestToken({ folder, label: 'test', userPin, officerPin });
      ({ store, library } = token);
      ({ serial, slot } = token.token);
      token.module.close();
      process.env.SEALGATE_TOKEN_DIR = store;
      driver = new Driver();
      driver.load({ path: library });
    });
    afterAll(async () => {
      driver.finalise();
      await rm(folder, { recursive: true, force: true });
    });

    const octets = (text: string) => Uint8Array.from(Buffer.from(text));
    const plan = () => planKeyPair('gost2012-256', 'login');
    /** A session of the user, or of the officer, that may write. */
    const open = (role: 'user' | 'officer' | 'nobody' = 'user') => {
      const session = ++lastSession;
      const pin = { user: userPin, officer: officerPin, nobody: undefined }[role];
      driver.open({
        session,
        slot,
        serial,
        role,
        ...(pin !== undefined && { pin: octets(pin) }),
        confirmFinalTry: true,
        isForWriting: true,
      });
      return session;
    };
    const signing = (session: number) => {
      const { privateKey } = driver.generate({ session, ...plan() });
      return () =>
        driver.sign({
          session,
          key: privateKey.handle,
          mechanism: { type: 0xd4321008 },
          data: octets('Sealgate'),
        });
    };
    const template = { class: 1, certType: 0, token: true, label: 'x', value: octets('0') };

    /** What goes before a call, and what makes it. */
    const ways: Readonly<Record<Call, () => () => unknown>> = {
      C_Initialize: () => {
        driver.finalise();
        return () => new Driver().load({ path: library });
      },
      C_GetInfo: () => () => driver.info(),
      C_GetSlotList: () => () => driver.slots(),
      C_GetSlotInfo: () => () => driver.slots(),
      C_GetTokenInfo: () => () => driver.slots(),
      C_GetMechanismList: () => () => driver.slots(),
      C_OpenSession: () => () => open('nobody'),
      C_GetSessionInfo: () => () => open('nobody'),
      C_CloseSession: () => {
        const session = open('nobody');
        return () => driver.close({ session });
      },
      C_Login: () => () => open('user'),
      C_Logout: () => {
        const session = open();
        return () => driver.close({ session });
      },
      C_FindObjectsInit: () => {
        const session = open();
        return () => driver.objects({ session });
      },
      C_FindObjects: () => {
        const session = open();
        return () => driver.objects({ session });
      },
      C_FindObjectsFinal: () => {
        const session = open();
        return () => driver.objects({ session });
      },
      C_GetAttributeValue: () => {
        const session = open();
        driver.generate({ session, ...plan() });
        return () => driver.objects({ session });
      },
      C_SignInit: () => signing(open()),
      C_Sign: () => signing(open()),
      C_GenerateKeyPair: () => {
        const session = open();
        return () => driver.generate({ session, ...plan() });
      },
      C_CreateObject: () => {
        const session = open();
        return () => driver.create({ session, template });
      },
      C_DestroyObject: () => {
        const session = open();
        const { handle } = driver.create({ session, template });
        return () => driver.destroy({ session, objects: [handle] });
      },
      C_InitToken: () => () => driver.initialise({ slot, officerPin: octets(officerPin), label: 'test' }),
      C_InitPIN: () => {
        const session = open('officer');
        return () => driver.setUserPin({ session, pin: octets(userPin) });
      },
      C_SetPIN: () => {
        const session = open();
        const pins = { oldPin: octets(userPin), newPin: octets(userPin) };
        return () => driver.changePin({ session, ...pins, isPuk: false, confirmFinalTry: true });
      },
    };

    /** What is told when `call` answers with `value`: a failure's code, or `nothing` where the work is done. */
    async function tellingOf(call: Call, value: number, ...faults: string[]): Promise<FailureCode | string> {
      const act = ways[call]();
      await playFaults(store, `answer ${call} 0x${value.toString(16)}`, ...faults);
      try {
        const given = act();
        const troubled = Array.isArray(given) ? given.find((slot) => slot.trouble !== undefined) : undefined;
        if (given === 'pin') return 'pin';
        return troubled === undefined ? 'nothing' : troubled.trouble.code;
      } catch (error) {
        const failure = failureOf(error, () => call === 'C_Initialize' || driver.isPresent(false));
        if (failure === undefined) throw error;
        return failure.code;
      } finally {
        await playFaults(store);
        if (call === 'C_Initialize') {
          driver = new Driver();
          driver.load({ path: library });
        }
        for (let session = lastSession; session > 0 && session > lastSession - 2; session--)
          driver.close({ session });
        clear();
      }
    }

    /** Each call begins on an empty token. */
    function clear(): void {
      const session = open();
      const objects = driver.objects({ session }).map(({ handle }) => handle);
      driver.destroy({ session, objects });
      driver.close({ session });
    }

    /** Where more is done about an answer than to tell of it. */
    function expectedOf(call: Call, name: keyof typeof returnValues): string {
      const told = failureOfValue(call, returnValues[name].value);
      // Without arguments it is tried once more, and the driver refuses that too; one that has been started is.
      if (call === 'C_Initialize' && told === 'nothing')
        return name === 'CKR_CRYPTOKI_ALREADY_INITIALIZED' ? 'nothing' : 'pkcs11_module_not_started';
      // A search that the driver has not ended keeps the next one from beginning (CKR_OPERATION_ACTIVE).
      if (call === 'C_FindObjectsFinal') return 'pkcs11_module_failed';
      if (call === 'C_InitToken' && told === 'pin_locked') return 'officer_pin_locked';
      // The session is logged in, so that the token wants the PIN for this signature.
      if (told === 'login_ended' && (call === 'C_SignInit' || call === 'C_Sign')) return 'pin';
      return told;
    }

    it.each(calls)('%s: every return value is told as the table says', async (call) => {
      const differing: string[] = [];
      for (const name of names) {
        const told = await tellingOf(call, returnValues[name].value);
        const expected = expectedOf(call, name);
        if (told !== expected) differing.push(`${name}: ${told} and not ${expected}`);
      }
      expect(differing).toEqual([]);
    });

    it.each<Call>(['C_SignInit', 'C_Sign', 'C_FindObjectsInit', 'C_CreateObject', 'C_SetPIN'])(
      '%s while the token is out: token_removed, whatever the driver says, but for what only a token that is there says',
      async (call) => {
        const differing: string[] = [];
        for (const name of names) {
          const told = await tellingOf(call, returnValues[name].value, 'removed', 'stale-info');
          if (told !== 'token_removed' && !/^pin|^signing_cancelled$/.test(told))
            differing.push(`${name}: ${told}`);
        }
        expect(differing).toEqual([]);
      },
    );
  },
);
