import { readAudit } from '../../src/audit/read.ts';
import type { TestService } from '../service/portal.ts';

/** The records of one kind in a service's audit, oldest first. */
export async function audit(service: TestService, event: string): Promise<Record<string, unknown>[]> {
  const records: Record<string, unknown>[] = [];
  for await (const { record } of readAudit(service.service.database)) records.push(JSON.parse(record));
  return records.filter((record) => record.event === event);
}
