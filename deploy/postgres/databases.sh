#!/bin/sh
# Run once, by the image of PostgreSQL, when its data folder is empty. Rasa's conversations get a
# database and a role of their own, which can read nothing of the application's.
set -eu
rasa_password=$(cat /run/secrets/rasa_database_password)
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --set password="$rasa_password" <<'SQL'
CREATE ROLE rasa LOGIN PASSWORD :'password';
CREATE DATABASE rasa OWNER rasa;
REVOKE CONNECT ON DATABASE handoff FROM PUBLIC;
REVOKE CONNECT ON DATABASE rasa FROM PUBLIC;
SQL
