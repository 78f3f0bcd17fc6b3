#!/bin/sh
# Starts Rasa where its action server and its clients are on other machines. Nothing but a network
# policy keeps others from it, and the token.
set -eu
HANDOFF_RASA_TOKEN=$(cat "$RASA_TOKEN_FILE")
HANDOFF_RASA_TRACKER_DB=$(cat "$RASA_TRACKER_DB_FILE")
export HANDOFF_RASA_TOKEN HANDOFF_RASA_TRACKER_DB
exec .venv/bin/python -m rasa_components.serve run --interface 0.0.0.0 --port 5005 --model models \
    --endpoints endpoints.yml --credentials credentials.yml
