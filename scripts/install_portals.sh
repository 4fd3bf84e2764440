#!/bin/sh
# Installs the portals' real software that `make test-portals` pushes to, under .portals/, which git ignores: udata and
# CKAN, each in a virtual environment of its own, and Debian's PostgreSQL and Redis. Does nothing where it is already.
# Two things are stood in for, because no package of Debian or PyPI has them: MongoDB (mongomock), Solr (a stand-in of
# the tests). Versions are pinned; what they depend on is what the day's packages give.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

missing=""
command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
if [ -n "$missing" ]; then
    if [ "$(id -u)" -ne 0 ]; then
        echo "missing:$missing; as root: apt-get update && apt-get install --no-install-recommends$missing" >&2
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086 # names of packages, one a word
    apt-get install -y -qq --no-install-recommends $missing
fi

# environment NAME REQUIREMENT…
environment() {
    name=$1
    shift
    wanted=$(printf '%s\n' "$@")
    if [ -f ".portals/$name/installed.txt" ] && [ "$(cat ".portals/$name/installed.txt")" = "$wanted" ]; then
        return
    fi
    "$python" -m venv --clear ".portals/$name"
    ".portals/$name/bin/python" -m pip --disable-pip-version-check --quiet install "$@"
    printf '%s\n' "$@" >".portals/$name/installed.txt"
}

environment udata udata==17.18.0 mongomock==4.3.0
environment ckan 'ckan[requirements]==2.12.0' ckanext-dcat==2.4.4 ckanext-harvest==1.6.3 \
    factory-boy freezegun luqum mock pytest-factoryboy
echo "portals: udata 17.18.0 and CKAN 2.12.0 are installed in .portals/"
