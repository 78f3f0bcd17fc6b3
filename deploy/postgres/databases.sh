#!/bin/sh
# Run once, by the image of PostgreSQL, when its data folder is empty. Five roles:
#   the superuser   of the image; nothing of ours runs as it
#   handoff_owner   makes and changes the application's tables (`handoff prepare`, and nothing else)
#   handoff         serves: reads and writes rows, and cannot change a table
#   handoff_listings reads listings and nothing else: the action server (the migrations let it)
#   handoff_rasa    Rasa's conversations, in a database of their own; cannot connect to the other
# On a PostgreSQL that somebody else runs: the same statements by hand, as its administrator.
set -eu

# What is wrong with a secret has to end this before the first statement: a role made with an empty
# password keeps it, as nothing runs this again.
secret() {
    value=$(cat "/run/secrets/$1") || value=
    if [ -z "$value" ]; then
        echo "databases.sh: the secret $1 is empty or cannot be read by $(id -u). Put it right, then" \
            "remove the volume of this database, which holds nothing yet, and start again." >&2
        return 1
    fi
    printf %s "$value"
}

# One assignment each: a substitution that fails inside an argument stops nothing.
owner=$(secret database_owner_password)
serving=$(secret database_password)
listings=$(secret listings_database_password)
rasa=$(secret rasa_database_password)

# By the environment: who may list processes reads what stands in a command.
OWNER="$owner" SERVING="$serving" LISTINGS="$listings" RASA="$rasa" \
    psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv owner OWNER
\getenv serving SERVING
\getenv listings LISTINGS
\getenv rasa RASA
CREATE ROLE handoff_owner LOGIN PASSWORD :'owner';
CREATE ROLE handoff LOGIN PASSWORD :'serving';
CREATE ROLE handoff_listings LOGIN PASSWORD :'listings';
CREATE ROLE handoff_rasa LOGIN PASSWORD :'rasa';
CREATE DATABASE handoff_rasa OWNER handoff_rasa;
REVOKE ALL ON DATABASE handoff_rasa FROM PUBLIC;
SQL
psql --no-psqlrc --username "$POSTGRES_USER" --dbname postgres --file /etc/handoff/handoff.sql
