/**
 * One step of the schema. Steps are only ever added; one that was released is never changed. Since step 11 no step may
 * change a sealed column (see `SealedTable`): SQL cannot seal the row anew.
 */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}
