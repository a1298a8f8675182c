/** What CryptoPro's plug-in gives: members are promises, `propset_…` sets one. Nothing in it is trusted to be there. */
export type PluginObject = Readonly<Record<string, unknown>>;

/** Calls a method of a plug-in's object. */
export async function call(
  object: PluginObject,
  method: string,
  ...args: readonly unknown[]
): Promise<unknown> {
  const member = object[method];
  if (typeof member !== 'function') throw new TypeError(`${method} is missing`);
  return (await Reflect.apply(member, object, args)) as unknown;
}

/** As `call`, where an object comes back. */
export async function callForObject(
  object: PluginObject,
  method: string,
  ...args: readonly unknown[]
): Promise<PluginObject> {
  return asObject(await call(object, method, ...args), method);
}

/** A member of a plug-in's object. */
export async function get(object: PluginObject, member: string): Promise<unknown> {
  return (await object[member]) as unknown;
}

/** As `get`, where an object comes back. */
export async function getObject(object: PluginObject, member: string): Promise<PluginObject> {
  return asObject(await get(object, member), member);
}

/** As `get`, where a text comes back. */
export async function getText(object: PluginObject, member: string): Promise<string> {
  const value = await get(object, member);
  if (typeof value !== 'string') throw new TypeError(`${member} is no text`);
  return value;
}

function asObject(value: unknown, name: string): PluginObject {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    throw new TypeError(`${name} is no object`);
  return value as PluginObject;
}
