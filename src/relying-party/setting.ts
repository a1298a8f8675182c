import { z } from 'zod';
import { type Policy, policySchema } from './registration.ts';

type NameIn<T, Prefix extends string = ''> = {
  [Key in keyof T & string]-?: NonNullable<T[Key]> extends readonly unknown[]
    ? `${Prefix}${Key}`
    : NonNullable<T[Key]> extends object
      ? NameIn<NonNullable<T[Key]>, `${Prefix}${Key}.`>
      : `${Prefix}${Key}`;
}[keyof T & string];

/** Name of a setting as the configuration file has it, such as `revocation.graceMinutes`. */
export type SettingName = NameIn<Policy>;

/** One setting of a relying party's policy. */
export interface PolicySetting {
  readonly name: SettingName;
  readonly kind: 'flag' | 'number' | 'text' | 'texts';
  /** The only values that there are, where they can be listed. */
  readonly choices: readonly string[] | undefined;
  /** What holds where it is not set. */
  readonly initial: unknown;
}

const strict = policySchema.parse({});

/** Every setting that a relying party's policy has, read from its schema, in the order of the schema. */
export const policySettings: readonly PolicySetting[] = settingsIn(policySchema, []);

/** The settings in which `policy` differs from one that sets nothing, with their values. */
export function changedSettings(
  policy: Policy,
): readonly { readonly setting: PolicySetting; readonly value: unknown }[] {
  return policySettings
    .map((setting) => ({ setting, value: settingOf(policy, setting) }))
    .filter(({ setting, value }) => JSON.stringify(value) !== JSON.stringify(setting.initial));
}

/** The value of a setting; undefined where it is not set and has no default. */
export function settingOf(policy: Policy, { name }: Pick<PolicySetting, 'name'>): unknown {
  return valueAt(policy, name.split('.'));
}

/** Puts given values together to a policy as the configuration file would have it; nothing is checked. */
export function policyWith(values: ReadonlyMap<SettingName, unknown>): Record<string, unknown> {
  const policy: Record<string, unknown> = {};
  for (const [name, value] of values) put(policy, name.split('.'), value);
  return policy;
}

function put(group: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    group[key] = value;
    return;
  }
  const inner = isObject(group[key]) ? group[key] : {};
  group[key] = inner;
  put(inner, rest, value);
}

function settingsIn(schema: z.core.$ZodType, path: readonly string[]): PolicySetting[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodObject) {
    return Object.entries<z.core.$ZodType>(inner.shape).flatMap(([key, each]) =>
      settingsIn(each, [...path, key]),
    );
  }
  const isList = inner instanceof z.ZodArray;
  const single = isList ? unwrapped(inner.element) : inner;
  const initial = valueAt(strict, path);
  return [
    {
      name: path.join('.') as SettingName,
      kind: isList ? 'texts' : kindOf(inner),
      choices: single instanceof z.ZodEnum ? single.options.map(String) : undefined,
      initial,
    },
  ];
}

function kindOf(schema: z.core.$ZodType): 'flag' | 'number' | 'text' {
  if (schema instanceof z.ZodBoolean) return 'flag';
  return schema instanceof z.ZodNumber ? 'number' : 'text';
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  const isWrapped =
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return isWrapped ? unwrapped(schema.unwrap()) : schema;
}

function valueAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value;
  return isObject(value) ? valueAt(value[key], rest) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
