# Sourced by install_portals.sh and install_stores.sh, from the root of the project: the Python that they use, and virtual
# environments that hold what a lock pins by hash. `what` names the caller in what it says.

python=${PYTHON:-python3}
if [ -x .venv/bin/python ] && [ -z "${PYTHON:-}" ]; then python=.venv/bin/python; fi

fail() {
    echo "$what: $1" >&2
    exit 1
}

# environment FOLDER LOCK [BASE]: what the lock pins, in FOLDER; installed.txt is written last, once all of it is there.
# BASE: another virtual environment; what it holds in the version of the lock is used from there.
environment() {
    if cmp -s "$2" "$1/installed.txt"; then return; fi
    echo "$what: installing $2 in $1" >&2
    "$python" -m venv --clear "$1" || fail "no virtual environment can be made with $python"
    if [ -n "${3:-}" ]; then
        "$3/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' >"$("$1/bin/python" -c \
            'import sysconfig; print(sysconfig.get_path("purelib"))')/base.pth"
    fi
    "$1/bin/python" -m pip --disable-pip-version-check --quiet install --no-deps --require-hashes --requirement "$2" ||
        fail "$2: pip could not get the package that it names above (from PyPI, or the registry it is told to use)"
    cp "$2" "$1/installed.txt"
}
