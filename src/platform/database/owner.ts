import pg from 'pg';

/** One connection as the owner of the schema, for migrations, publishing and seeding; everything in one transaction. */
export async function asOwner<T>(url: string, work: (owner: pg.Client) => Promise<T>): Promise<T> {
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  try {
    await owner.query('BEGIN');
    const value = await work(owner);
    await owner.query('COMMIT');
    return value;
  } catch (error) {
    await owner.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    await owner.end();
  }
}
