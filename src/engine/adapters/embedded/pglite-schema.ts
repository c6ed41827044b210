import type { PgliteSession } from './pglite-session.ts'

/** The role under which queries of users run: it reads every table, and can do nothing else. */
export const READER = 'sluice_reader'

/**
 * Our own tables and the reader's role. `set_config` would let a SELECT take another role on, `pg_sleep` would hold up
 * every sink: neither is for everybody here.
 */
const SETUP = `
  CREATE TABLE IF NOT EXISTS _sluice_positions (
    sink text, topic text, partition integer, next bigint NOT NULL, inserted bigint NOT NULL, updated bigint NOT NULL,
    rejected bigint NOT NULL, failed bigint NOT NULL, lost bigint NOT NULL, PRIMARY KEY (sink, topic, partition)
  );
  CREATE TABLE IF NOT EXISTS _sluice_failed (
    sink text, topic text, partition integer, "offset" bigint, field text NOT NULL, reason text NOT NULL,
    raw text NOT NULL, PRIMARY KEY (sink, topic, partition, "offset")
  );
  DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${READER}') THEN
      CREATE ROLE ${READER} NOLOGIN;
      GRANT pg_read_all_data TO ${READER};
      REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC;
      REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) FROM PUBLIC;
      REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep_for(interval) FROM PUBLIC;
      REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep_until(timestamptz) FROM PUBLIC;
    END IF;
  END $$;
`

/** Makes what every database of Sluice has, where it isn't there yet. */
export async function ensureSchema(session: PgliteSession): Promise<void> {
  await session.run('preparing the database', SETUP)
}
