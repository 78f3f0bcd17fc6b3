#!/bin/sh
# Run once, by the image of PostgreSQL, when its data folder is empty. Five roles:
#   the superuser   of the image; nothing of ours runs as it
#   handoff_owner   makes and changes the application's tables (`handoff prepare`, and nothing else)
#   handoff         serves: reads and writes rows, and cannot change a table
#   handoff_listings reads listings and nothing else: the action server (the migrations let it)
#   handoff_rasa    Rasa's conversations, in a database of their own; cannot connect to the other
# On a PostgreSQL that somebody else runs: the same statements by hand, as its administrator.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" \
    --set owner="$(cat /run/secrets/database_owner_password)" \
    --set serving="$(cat /run/secrets/database_password)" \
    --set listings="$(cat /run/secrets/listings_database_password)" \
    --set rasa="$(cat /run/secrets/rasa_database_password)" <<'SQL'
CREATE ROLE handoff_owner LOGIN PASSWORD :'owner';
CREATE ROLE handoff LOGIN PASSWORD :'serving';
CREATE ROLE handoff_listings LOGIN PASSWORD :'listings';
CREATE ROLE handoff_rasa LOGIN PASSWORD :'rasa';
CREATE DATABASE handoff OWNER handoff_owner;
CREATE DATABASE handoff_rasa OWNER handoff_rasa;
REVOKE ALL ON DATABASE handoff FROM PUBLIC;
REVOKE ALL ON DATABASE handoff_rasa FROM PUBLIC;
GRANT CONNECT ON DATABASE handoff TO handoff;
GRANT CONNECT ON DATABASE handoff TO handoff_listings;
\connect handoff
ALTER DEFAULT PRIVILEGES FOR ROLE handoff_owner GRANT USAGE ON SCHEMAS TO handoff;
ALTER DEFAULT PRIVILEGES FOR ROLE handoff_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO handoff;
ALTER DEFAULT PRIVILEGES FOR ROLE handoff_owner GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO handoff;
GRANT USAGE ON SCHEMA public TO handoff;
SQL
