/** Options of `sealgate agent`. */
export interface AgentOptions {
  readonly port?: number;
  readonly module: readonly string[];
  readonly data: string;
  readonly keepPin: number;
  readonly opener?: string;
  readonly json?: boolean;
}
