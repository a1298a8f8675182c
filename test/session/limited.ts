import type { Statement } from '../../src/database/database.ts';
import { openSession, type Session, withinLimits } from '../../src/session/session.ts';

/** Opens a session where its organisation has fewer than so many with the relying party. */
export function limited(session: Session, organisation: number): readonly Statement[] {
  return [
    ...withinLimits(session, session.client, { organisation }, session.startedAt),
    openSession(session),
  ];
}
