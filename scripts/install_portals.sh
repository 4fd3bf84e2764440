#!/bin/sh
# Installs the portals' real software that `make test-portals` pushes to, under .portals/, which git ignores: udata and
# CKAN from PyPI, each in a virtual environment of its own, and Debian's or Ubuntu's PostgreSQL, Redis and libmagic.
# Does nothing where it is already. Python packages are pinned by hash (scripts/portals/*.lock, written by `make lock`);
# system packages are those of the distribution. Nothing that is installed here is started.
# Two things are stood in for, because no package of Debian or PyPI has them: MongoDB (mongomock), Solr (a stand-in of
# the tests).
set -eu
cd "$(dirname "$0")/.."
began=$(date +%s)
python=${PYTHON:-python3}
if [ -x .venv/bin/python ] && [ -z "${PYTHON:-}" ]; then python=.venv/bin/python; fi

fail() {
    echo "portals: $1" >&2
    exit 1
}

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

# environment NAME PACKAGES…: what the lock pins, in .portals/NAME; installed.txt is written last, once all of it is there.
environment() {
    name=$1
    lock=scripts/portals/$name.lock
    if cmp -s "$lock" ".portals/$name/installed.txt"; then return; fi
    echo "portals: installing $name in .portals/$name" >&2
    "$python" -m venv --clear ".portals/$name" || fail "no virtual environment can be made with $python"
    ".portals/$name/bin/python" -m pip --disable-pip-version-check --quiet install --no-deps --require-hashes \
        --requirement "$lock" ||
        fail "$name: pip could not get the package that it names above (from PyPI, or the registry it is told to use)"
    cp "$lock" ".portals/$name/installed.txt"
}

environment udata
environment ckan
echo "portals: udata and CKAN are installed in .portals/ ($(($(date +%s) - began)) s)"
