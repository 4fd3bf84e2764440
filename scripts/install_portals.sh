#!/bin/sh
# Installs the portals' real software that `make test-portals` pushes to, under .portals/, which git ignores: udata and
# CKAN from PyPI, each in a virtual environment of its own, and Debian's or Ubuntu's PostgreSQL, Redis and libmagic; and
# what reads releases as their users do (scripts/portals/readers.in; datapackage-js and hyparquet where node is).
# Does nothing where it is already. Python packages are pinned by hash (scripts/portals/*.lock, written by `make lock`);
# system packages are those of the distribution. Nothing that is installed here is started.
# Two things are stood in for, because no package of Debian or PyPI has them: MongoDB (mongomock), Solr (a stand-in of
# the tests).
set -eu
cd "$(dirname "$0")/.."
began=$(date +%s)
what=portals
. scripts/installing.sh

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    fail "Python 3.11 or later is needed ($python is not); another one is named by PYTHON=…"

missing=""
command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
"$python" -c 'import ctypes.util, sys; sys.exit(ctypes.util.find_library("magic") is None)' ||
    missing="$missing libmagic1"
"$python" -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086 # names of packages, one a word
    sh scripts/install_debian.sh $missing
fi

environment .portals/udata scripts/portals/udata.lock
environment .portals/ckan scripts/portals/ckan.lock
environment .portals/readers scripts/portals/readers.lock
if command -v npm >/dev/null 2>&1; then
    if ! cmp -s scripts/portals/readers/package-lock.json .portals/readers-js/package-lock.json; then
        mkdir -p .portals/readers-js
        cp scripts/portals/readers/package.json scripts/portals/readers/package-lock.json .portals/readers-js/
        (cd .portals/readers-js && npm ci --silent --ignore-scripts --no-audit --no-fund) || {
            rm -f .portals/readers-js/package-lock.json
            fail "npm could not get what scripts/portals/readers/package-lock.json names"
        }
    fi
else
    echo "portals: node is not installed: what reads releases in JavaScript is left out" >&2
fi
echo "portals: udata, CKAN and readers are installed in .portals/ ($(($(date +%s) - began)) s)"
