#!/bin/sh
# Installs what `make cluster` and `make test-cluster` run: SeaweedFS under .stores/, Debian's or Ubuntu's PostgreSQL, and
# under .cluster/ what deploy/ray/requirements.lock pins and .venv does not hold in that version: Ray, dagster-ray, Dagster's
# storage in PostgreSQL. Git ignores both folders. Does nothing where they are already, and starts nothing.
set -eu
cd "$(dirname "$0")/.."
what=cluster
. scripts/installing.sh

sh scripts/install_stores.sh
if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then sh scripts/install_debian.sh postgresql; fi
environment .cluster deploy/ray/requirements.lock .venv
# Dagster's command lies in .venv, for the Python of .venv; Ray starts runs by that name, and wants the one that knows Ray.
printf '#!/bin/sh\nexec "%s/.cluster/bin/python" -m dagster "$@"\n' "$PWD" >.cluster/bin/dagster
chmod 755 .cluster/bin/dagster
echo "cluster: Ray, PostgreSQL and SeaweedFS are there"
