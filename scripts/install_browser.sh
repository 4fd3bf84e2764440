#!/bin/sh
# Installs Debian's Chromium, which the browser tests and the screenshots drive. Does nothing where it is already.
# Playwright itself comes with the test requirements and downloads no browser.
set -eu
if ! command -v chromium >/dev/null 2>&1; then
    sh "$(dirname "$0")/install_debian.sh" chromium fonts-dejavu-core
fi
chromium --version
