-- The application's database, empty: made by databases.sh, and once more by hand where a backup is to
-- be restored (docs/operations/restore-drill.md). The roles are there already; rights to what the
-- owner makes hold for the database in which they are given, so each new one needs them.
--
--     psql --dbname postgres --file handoff.sql     # as the administrator
\set ON_ERROR_STOP 1
CREATE DATABASE handoff OWNER handoff_owner;
REVOKE ALL ON DATABASE handoff FROM PUBLIC;
GRANT CONNECT ON DATABASE handoff TO handoff;
GRANT CONNECT ON DATABASE handoff TO handoff_listings;
\connect handoff
ALTER DEFAULT PRIVILEGES FOR ROLE handoff_owner GRANT USAGE ON SCHEMAS TO handoff;
ALTER DEFAULT PRIVILEGES FOR ROLE handoff_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO handoff;
ALTER DEFAULT PRIVILEGES FOR ROLE handoff_owner GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO handoff;
GRANT USAGE ON SCHEMA public TO handoff;
