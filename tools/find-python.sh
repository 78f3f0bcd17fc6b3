#!/usr/bin/env bash
# Print the absolute path of a working CPython of one of the given versions (major.minor, best first).
#
#     tools/find-python.sh 3.13 3.12 3.11
#
# Exit code 1, and nothing printed, when there is none. A name on PATH proves nothing: a version
# manager puts shims there that fail for every version that isn't selected, so each candidate is
# run, and what is printed is where the interpreter itself says it lives.
set -u

# What a shell may carry along and what would bend the answer. Run in / so that a
# `.python-version` in the project has no say either.
unset PYENV_VERSION PYTHONHOME PYTHONPATH VIRTUAL_ENV CONDA_PREFIX __PYVENV_LAUNCHER__
cd /

# 64 bits and these modules: without them the packages install and then fail at import.
readonly PROBE='
import bz2, ctypes, lzma, platform, sqlite3, ssl, sys, venv, zlib
wanted = tuple(int(part) for part in sys.argv[1].split("."))
sound = platform.python_implementation() == "CPython" and sys.maxsize > 2**32
if sys.version_info[:2] != wanted or not sound:
    sys.exit(1)
print(getattr(sys, "_base_executable", None) or sys.executable)
'

works() { # works VERSION CANDIDATE: prints the real interpreter behind the candidate
    local real
    [ -x "$2" ] && [ ! -d "$2" ] || return 1
    real=$("$2" -I -c "$PROBE" "$1" 2>/dev/null </dev/null) || return 1
    case $real in /*) [ -x "$real" ] && printf '%s\n' "$real" ;; *) return 1 ;; esac
}

candidates() { # candidates VERSION: every place worth a try, one a line
    local version=$1 home=${HOME:-/nonexistent} folder
    local -a folders
    IFS=: read -r -a folders <<<"${PATH:-}:/nonexistent"
    for folder in "${folders[@]}"; do printf '%s\n' "$folder/python$version"; done
    for folder in \
        "${PYENV_ROOT:-$home/.pyenv}"/versions/"$version".* \
        "${ASDF_DATA_DIR:-$home/.asdf}"/installs/python/"$version".* \
        "${MISE_DATA_DIR:-$home/.local/share/mise}"/installs/python/"$version".* \
        "${UV_PYTHON_INSTALL_DIR:-$home/.local/share/uv/python}"/cpython-"$version".* \
        "${HANDOFF_PYTHONS:-/nonexistent}"/cpython-"$version".* \
        "$home"/.local /usr/local /usr /opt/python/"$version".* /opt/homebrew \
        /opt/homebrew/opt/python@"$version" /usr/local/opt/python@"$version" /opt/local \
        /Library/Frameworks/Python.framework/Versions/"$version"; do
        printf '%s\n' "$folder/bin/python$version"
    done
    for folder in "${folders[@]}"; do printf '%s\n' "$folder/python3" "$folder/python"; done
}

for version in "$@"; do
    while IFS= read -r candidate; do
        works "$version" "$candidate" && exit 0
    done < <(candidates "$version")
done
exit 1
