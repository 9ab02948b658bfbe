import pg from 'pg';

/** What was planned on empty tables is planned again on what is in them, as autovacuum brings about in a minute. */
export async function analyse(url: string): Promise<void> {
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  await database.query('VACUUM ANALYZE').finally(() => database.end());
}
