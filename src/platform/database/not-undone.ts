/**
 * SQL that ends a migration's `down` while rows are there that undoing it would destroy although events or the ledger tell of them.
 * `rows` is what follows FROM; `what` names them in a sentence. For a statement of its own or before others.
 */
export const notUndoneWhile = (rows: string, what: string): string => `
  DO $$ BEGIN
    IF EXISTS (SELECT FROM ${rows}) THEN
      RAISE EXCEPTION 'this is not undone while there are ${what}: the chains tell of them, and audit verify would miss them for ever. Restore a backup from before the upgrade instead.'
        USING ERRCODE = 'F1065';
    END IF;
  END $$;
`;
