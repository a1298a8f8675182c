declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  /** Shows a contract in `domNode`; of its settings those that are used. */
  export default function SwaggerUI(settings: {
    readonly url: string;
    readonly domNode: Element;
    readonly validatorUrl: null;
    readonly supportedSubmitMethods: readonly never[];
    readonly deepLinking: boolean;
    readonly defaultModelsExpandDepth: number;
  }): void;
}
