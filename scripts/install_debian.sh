#!/bin/sh
# Installs packages of Debian or Ubuntu, as root or through sudo, and starts none of the services that they hold.
# Usage: scripts/install_debian.sh PACKAGE… (POLICY=… names another file than policy-rc.d: the tests do)
set -eu

by_hand="apt-get update && apt-get install --no-install-recommends $*"
fail() {
    echo "system packages: $1; by hand, as root: $by_hand" >&2
    exit 1
}

command -v apt-get >/dev/null 2>&1 || fail "there is no apt-get here to install: $*"
if [ "$(id -u)" -eq 0 ]; then
    as_root() { "$@"; }
elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root() { sudo "$@"; }
else
    fail "missing here, and only root (or sudo) may install them: $*"
fi

# Debian's own way to say that packages must not start their services. A policy that the system has already stands.
policy=${POLICY:-/usr/sbin/policy-rc.d}
if [ ! -e "$policy" ]; then
    trap 'as_root rm -f "$policy"' EXIT
    # dash runs what EXIT traps only when it exits by itself, which no signal makes it do unless it is trapped too.
    trap 'exit 130' INT HUP
    trap 'exit 143' TERM
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
fi
as_root apt-get update -qq || fail "apt-get update could not reach a mirror"
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
    fail "apt-get could not install all of: $*"
