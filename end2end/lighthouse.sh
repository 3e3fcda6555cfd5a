#!/usr/bin/env bash
# Serves the page as it is released with the server at $1, and measures what it weighs and how it
# scores. The server itself may be of any build.
set -euo pipefail
cd "$(dirname "$0")/.."

export VITRINE_LISTEN=127.0.0.1:2021 VITRINE_LOG=warn VITRINE_FETCH_ALLOW=127.0.0.1/32
export VITRINE_URL="http://$VITRINE_LISTEN"
"$1" serve &
server=$!
trap 'kill "$server"' EXIT

cd end2end
# Its set-up waits for the server.
npx playwright test delivery --project hydrated
node lighthouse.mjs
