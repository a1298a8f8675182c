import { SealgateError } from '../error.ts';
import { longestSecret } from './client-secret/encoding.ts';

/** The parameters of a request, each once. */
export type Parameters = ReadonlyMap<string, string>;

/** Most parameters that a request may have; real ones have fewer than twenty. */
const mostParameters = 50;

/** Longest values, in characters. */
const longest = 4_000;

/**
 * The parameters of a request from its address and its body: clients put some of them here and some there. One that
 * stands in several places has to say the same in all. Throws `esia_parameter_invalid`.
 */
export function readParameters(...places: readonly URLSearchParams[]): Parameters {
  const parameters = new Map<string, string>();
  for (const [name, value] of places.flatMap((place) => [...place])) {
    const known = parameters.get(name);
    if (known !== undefined && known !== value) throw invalid(name, 'esia-repeated');
    if (value.length > (name === 'client_secret' ? longestSecret : longest))
      throw invalid(name, 'esia-too-long');
    parameters.set(name, value);
    if (parameters.size > mostParameters) throw invalid(name, 'esia-too-long');
  }
  return parameters;
}

/** A parameter that has to be there. Throws `esia_parameter_missing`. */
export function required(parameters: Parameters, name: string): string {
  const value = parameters.get(name);
  if (value === undefined || value === '') throw new SealgateError('esia_parameter_missing', { field: name });
  return value;
}

/** A parameter that has to be there, and of that form. Throws `esia_parameter_missing`, `esia_parameter_invalid`. */
export function requiredAs(parameters: Parameters, name: string, form: RegExp): string {
  const value = required(parameters, name);
  if (!form.test(value)) throw invalid(name, 'esia-form');
  return value;
}

/** A name from outside as failures may show it. */
function invalid(name: string, problem: 'esia-repeated' | 'esia-too-long' | 'esia-form'): SealgateError {
  return new SealgateError('esia_parameter_invalid', { field: name.slice(0, 64), problem });
}
