/** A program with its arguments. */
export type CommandLine = readonly [string, ...string[]];

/** A file that is written for the agent to start by itself. */
export interface PlacedFile {
  readonly path: string;
  readonly text: string;
}

/** What makes the agent start with its user's session on one system, and what takes that back. */
export interface InstallationPlan {
  readonly system: 'linux' | 'darwin' | 'win32';
  /** Whether this has been tried on that system. */
  readonly isTried: boolean;
  readonly files: readonly PlacedFile[];
  /** What is run after the files are written; where one fails, the agent starts with the next session all the same. */
  readonly afterwards: readonly CommandLine[];
  /** What is run before the files are removed, and after that. */
  readonly beforeRemoval: readonly CommandLine[];
  readonly afterRemoval: readonly CommandLine[];
}

/** Where things go, and what is started. */
export interface InstallationContext {
  readonly home: string;
  /** Where the session looks for its configuration and its data, on Linux. */
  readonly configuration: string;
  readonly data: string;
  /** The agent's folder. */
  readonly folder: string;
  /** What starts the agent. */
  readonly start: CommandLine;
}
