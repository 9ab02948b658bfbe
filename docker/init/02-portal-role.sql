-- The role of the portal, run once by a superuser with psql 15 or newer: after 01-roles.sql in a new PostgreSQL, and by hand where
-- an installation from before the portal is brought up to date. Owns nothing, and reads what recipients were sent.
\set ON_ERROR_STOP on
\getenv portal_password F1_PORTAL_PASSWORD

SELECT 'CREATE ROLE f1_portal' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'f1_portal') \gexec
ALTER ROLE f1_portal LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'portal_password';
GRANT CONNECT ON DATABASE f1 TO f1_portal;
