#!/usr/bin/env bash
# Brings what only the tests need: Chromium and Playwright.
. "$(dirname "$0")/lib.sh"

if [ -z "${CHROMIUM:-}" ] && [ ! -x /usr/bin/chromium ]; then
    apt_install chromium
fi
have npm || apt_install nodejs npm

cd "$CHECKOUT/end2end"
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    say "installing Playwright (a few seconds)"
    # Its own browsers are not needed: the tests drive the system's Chromium.
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 quietly npm ci --silent || fail "npm could not install Playwright"
    touch node_modules/.package-lock.json
fi
