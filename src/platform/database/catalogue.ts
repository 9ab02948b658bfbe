import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What `schema.json` keeps: name -> definition, by kind, so that a diff of two catalogues reads as the change. */
export interface Catalogue {
  readonly tables: Readonly<Record<string, TableDefinition>>;
  readonly functions: Readonly<Record<string, { kind: string; grants: string; body: string }>>;
}
export type TableDefinition = { readonly rowSecurity: string } & Readonly<Record<Part, Definitions>>;
type Part = keyof typeof PARTS;
type Definitions = Readonly<Record<string, string>>;
/** Runs one statement through whatever connection. */
type Ask = <T extends object>(text: string) => Promise<T[]>;

/** The schema `public` as the catalogue of PostgreSQL describes it; the same text on PostgreSQL 15 and 18. */
export async function catalogueOf(ask: Ask): Promise<Catalogue> {
  await ask('SET search_path TO public');
  const tables: Record<string, { rowSecurity: string }> = {};
  for (const { name, security } of await ask<{ name: string; security: string }>(TABLES))
    tables[name] = { rowSecurity: security };
  for (const [part, sql] of Object.entries(PARTS)) {
    const definitions = await definitionsByTable(ask, sql);
    for (const [name, table] of Object.entries(tables)) Object.assign(table, { [part]: definitions.get(name) ?? {} });
  }
  return { tables: tables as Record<string, TableDefinition>, functions: await functionsOf(ask) };
}

/** The catalogue that the migrations of this release make, as `npm run schema` wrote it. */
export const committedCatalogue = (): Catalogue =>
  JSON.parse(readFileSync(new URL('schema.json', import.meta.url), 'utf8')) as Catalogue;

async function definitionsByTable(ask: Ask, sql: string): Promise<Map<string, Definitions>> {
  const rows = await ask<{ table: string; name: string; definition: string }>(sql);
  const found = new Map<string, Definitions>();
  for (const { table, name, definition } of rows) {
    found.set(table, { ...found.get(table), [name]: definition });
  }
  return found;
}

/** A body is kept as its hash: the migration is the place to read it, this is the place to notice it changed. */
async function functionsOf(ask: Ask): Promise<Catalogue['functions']> {
  const rows = await ask<{ name: string; kind: string; grants: string; body: string }>(FUNCTIONS);
  return Object.fromEntries(
    rows.map(({ name, kind, grants, body }) => [
      name,
      { kind, grants, body: createHash('sha256').update(body).digest('hex') },
    ]),
  );
}

const IN_PUBLIC = `c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')`;

const TABLES = `
  SELECT c.relname AS name,
    CASE WHEN c.relforcerowsecurity THEN 'forced' WHEN c.relrowsecurity THEN 'enabled' ELSE 'none' END AS security
  FROM pg_class c WHERE ${IN_PUBLIC} ORDER BY c.relname COLLATE "C"`;

/** Rights of the owner are left out: they follow from owning, and PostgreSQL 17 added one. */
const grantsIn = (acl: string, owner: string) => `
  SELECT CASE grantee WHEN 0 THEN 'public' ELSE grantee::regrole::text END AS grantee,
    string_agg(privilege_type, ', ' ORDER BY privilege_type) AS rights
  FROM aclexplode(${acl}) WHERE grantee <> ${owner} GROUP BY grantee`;

const PARTS = {
  columns: `
    SELECT c.relname AS "table", a.attname AS name,
      concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
        CASE WHEN a.attidentity <> '' THEN 'generated as identity' END,
        CASE WHEN a.attgenerated <> '' THEN 'generated as' WHEN d.oid IS NOT NULL THEN 'default' END,
        pg_get_expr(d.adbin, d.adrelid)) AS definition
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE ${IN_PUBLIC} ORDER BY a.attnum`,
  // PostgreSQL 18 lists NOT NULL here as well; the columns say it already.
  constraints: `
    SELECT c.relname AS "table", k.conname AS name, pg_get_constraintdef(k.oid) AS definition
    FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype NOT IN ('n', 't')
    WHERE ${IN_PUBLIC} ORDER BY k.conname COLLATE "C"`,
  indexes: `
    SELECT c.relname AS "table", x.relname AS name, pg_get_indexdef(x.oid) AS definition
    FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid
    WHERE ${IN_PUBLIC} ORDER BY x.relname COLLATE "C"`,
  triggers: `
    SELECT c.relname AS "table", t.tgname AS name,
      concat_ws(' ', pg_get_triggerdef(t.oid), CASE t.tgenabled WHEN 'O' THEN NULL ELSE 'enabled: ' || t.tgenabled::text END)
        AS definition
    FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
    WHERE ${IN_PUBLIC} ORDER BY t.tgname COLLATE "C"`,
  policies: `
    SELECT p.tablename AS "table", p.policyname AS name,
      concat_ws(' ', p.permissive, 'for', p.cmd, 'to', array_to_string(p.roles, ', '), 'using ' || p.qual,
        'with check ' || p.with_check) AS definition
    FROM pg_policies p WHERE p.schemaname = 'public' ORDER BY p.policyname COLLATE "C"`,
  grants: `
    SELECT c.relname AS "table", g.grantee || coalesce(' (' || a.attname || ')', '') AS name, g.rights AS definition
    FROM pg_class c
      JOIN LATERAL (SELECT NULL::name AS attname, c.relacl AS acl
        UNION ALL SELECT attname, attacl FROM pg_attribute
          WHERE attrelid = c.oid AND attacl IS NOT NULL AND NOT attisdropped) a ON true
      JOIN LATERAL (${grantsIn('a.acl', 'c.relowner')}) g ON true
    WHERE ${IN_PUBLIC} ORDER BY g.grantee COLLATE "C", a.attname NULLS FIRST`,
};

const FUNCTIONS = `
  SELECT p.oid::regprocedure::text AS name,
    concat_ws(' ', l.lanname, CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
      'returns ' || pg_get_function_result(p.oid), CASE WHEN p.prosecdef THEN 'security definer' END,
      array_to_string(p.proconfig, ', ')) AS kind,
    coalesce((SELECT string_agg(g.grantee || ': ' || g.rights, '; ' ORDER BY g.grantee COLLATE "C")
      FROM (${grantsIn(`coalesce(p.proacl, acldefault('f', p.proowner))`, 'p.proowner')}) g), 'owner only') AS grants,
    p.prosrc AS body
  FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
  WHERE p.pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  ORDER BY p.oid::regprocedure::text COLLATE "C"`;
