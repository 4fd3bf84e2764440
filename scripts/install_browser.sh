#!/bin/sh
# Installs Debian's Chromium, which the browser tests and the screenshots drive. Does nothing where it is already.
# Playwright itself comes with the test requirements and downloads no browser.
set -eu
if command -v chromium >/dev/null 2>&1; then
    chromium --version
    exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "chromium is missing; as root: apt-get update && apt-get install --no-install-recommends chromium fonts-dejavu-core" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core
chromium --version
