import { z } from 'zod';
import { atOnce } from '../../src/budget/slices.ts';
import { openApiDocument } from '../../src/service/openapi.ts';
import { routes } from '../../src/service/routes.ts';

type Json = Record<string, unknown>;

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security: readonly Json[];
  readonly requestBody?: { readonly content: Record<string, Media> };
  readonly responses: Record<string, { readonly content: Record<string, Media> }>;
}

interface Media {
  readonly schema?: Json;
  readonly example?: Json;
  readonly examples?: Record<string, { readonly value: Json }>;
}

/** What of an OpenAPI document tests look at. */
export interface Contract {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Json> };
}

/** An answer as it left. */
export interface Answered {
  readonly method: string;
  /** The route's path, as Express writes it. */
  readonly route: string;
  readonly status: number;
  /** Media type, without parameters. */
  readonly type: string;
  readonly body: string;
}

/** The document that the service serves. */
export function servedContract(): Contract {
  return atOnce(openApiDocument(routes, 'https://sealgate.example')) as unknown as Contract;
}

/** A schema of the document as zod reads it back, with its references filled in. */
export function validator({ components }: Contract, schema: Json): z.ZodType {
  const filled = JSON.stringify({ ...schema, $defs: components.schemas });
  return z.fromJSONSchema(JSON.parse(filled.replaceAll('#/components/schemas/', '#/$defs/')));
}

/** What is wrong with those of `answers` whose address is in the document: their status, media type or body. */
export function disagreements(contract: Contract, answers: readonly Answered[]): string[] {
  const validators = new Map<string, z.ZodType>();
  return answers.flatMap(({ method, route, status, type, body }) => {
    const operation = contract.paths[route.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
    if (operation === undefined) return [];
    const place = `${method} ${route} ${status} ${type}`;
    const media = operation.responses[status]?.content[type];
    if (media === undefined) return [`${place} is not in the document`];
    if (media.schema === undefined) return [];
    const known = validators.get(place) ?? validator(contract, media.schema);
    validators.set(place, known);
    const result = known.safeParse(JSON.parse(body));
    return result.success ? [] : [`${place}: ${z.prettifyError(result.error)}\n${body}`];
  });
}
