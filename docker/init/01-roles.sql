-- Roles and database of a new PostgreSQL, run once by a superuser with psql 15 or newer; passwords come from the environment.
-- The owner migrates, and creates a scratch database when a backup is verified. The other two run the product: they own
-- nothing and cannot step around row-level security.
\set ON_ERROR_STOP on
\getenv owner_password F1_OWNER_PASSWORD
\getenv api_password F1_API_PASSWORD
\getenv worker_password F1_WORKER_PASSWORD

CREATE ROLE f1_owner LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE f1_api LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'api_password';
CREATE ROLE f1_worker LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'worker_password';

CREATE DATABASE f1 OWNER f1_owner ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
REVOKE CONNECT, TEMPORARY ON DATABASE f1 FROM PUBLIC;
GRANT CONNECT ON DATABASE f1 TO f1_api, f1_worker;
