#!/usr/bin/env bash
# Make the two Python environments, or do nothing when they are current (well under a second).
#
#     .venv       the application      Python 3.11 to 3.13    requirements.txt
#     bot/.venv   Rasa and its pins    Python 3.10            bot/requirements.txt
#
# Every package is pinned with its hash. uv does the work; where it is missing it is installed into
# .uv/ here, and so are Pythons that the machine lacks. What goes wrong is one line, and exit code 1.
# Why two environments: docs/decisions/0001-two-environments.md.
set -uo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
readonly ROOT
readonly OWN="$ROOT/.uv" LOG="$ROOT/.uv/setup.log" LOCK="$ROOT/.uv/setup.lock"
readonly STAMP=".handoff-stamp" OLDEST_UV=0.5.0
readonly APPLICATION_MB=900 RASA_MB=3300

# A shell may carry any of these along; each has broken a set-up or led it to another environment.
unset PYENV_VERSION PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE VIRTUAL_ENV CONDA_PREFIX \
    UV_PYTHON UV_PROJECT_ENVIRONMENT UV_SYSTEM_PYTHON UV_OFFLINE UV_REQUIRE_HASHES
export UV_PYTHON_INSTALL_DIR="$OWN/python" HANDOFF_PYTHONS="$OWN/python"
SECONDS=0
prepared='' ticker=''

say() { printf '%4ss  %s\n' "$SECONDS" "$*" >&2; }

fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

free_mb() { df -Pk "$1" | awk 'NR == 2 { print int($4 / 1024) }'; }

need_space() { # need_space MEGABYTES WHAT
    local free folder
    for folder in "$ROOT" "$CACHE"; do
        free=$(free_mb "$folder")
        [ "${free:-0}" -ge "$1" ] ||
            fail "the disk is too full: $2 needs $1 MB and $folder has $free MB free"
    done
}

# --- showing what goes on --------------------------------------------------------------------

watched() { # watched WHAT COMMAND…: run it and show that it goes on; what fails ends the set-up
    local what=$1
    shift
    shown "$@" && return 0
    if [ -t 2 ]; then explain "$what" "see above"; fi
    explain "$what" "$(grep -m 1 -iE '^ *(error|×|fatal)' "$LOG") (all of it: $LOG)"
}

shown() { # shown COMMAND…: run it, with its own progress on a terminal, else with a line at times
    local code=0
    : >"$LOG"
    if [ -t 2 ]; then
        "$@"
        return
    fi
    while sleep 10 >/dev/null 2>&1 && kill -0 $$; do say "  $(latest)"; done &
    ticker=$!
    "$@" >>"$LOG" 2>&1 || code=$?
    end_ticker
    return "$code"
}

end_ticker() { # with KILL: one that has only just been forked would follow our traps, and let go of the lock
    [ -z "$ticker" ] || { kill -KILL "$ticker" && wait "$ticker"; } 2>/dev/null
    ticker=''
}

latest() { # what uv said last; after installing it is silent while it compiles
    tail -n 1 "$LOG" | sed 's/^Installed .*/&, compiling them/'
}

explain() { # explain WHAT DETAIL: the likely cause first, the tool's own words behind it
    local free
    free=$(free_mb "$ROOT")
    [ "$free" -ge 100 ] || fail "$1 failed: the disk is full ($free MB free in $ROOT)"
    if [ -f "$LOG" ] && grep -qiE 'dns error|error sending request|failed to fetch|connection|timed out|network' "$LOG"; then
        fail "$1 failed: nothing can be downloaded; is the network up? $2"
    fi
    fail "$1 failed: $2"
}

# --- one at a time ---------------------------------------------------------------------------

lock() {
    local holder told=
    mkdir -p "$OWN" || fail "can't write to $ROOT"
    until mkdir "$LOCK" 2>/dev/null; do
        holder=$(cat "$LOCK/pid" 2>/dev/null || { sleep 1 && cat "$LOCK/pid" 2>/dev/null; })
        if [ -z "$holder" ] || ! kill -0 "$holder" 2>/dev/null; then
            rm -rf "$LOCK" # left behind by a set-up that was killed
            continue
        fi
        [ -n "$told" ] || say "another set-up (process $holder) is at work; waiting for it"
        told=yes
        sleep 1
    done
    echo $$ >"$LOCK/pid"
    trap 'rm -rf "$LOCK"; end_ticker' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
}

# --- uv --------------------------------------------------------------------------------------

good_uv() { # good_uv PATH: whether it runs (a version manager's shim may not) and is new enough
    local version
    [ -x "$1" ] || return 1
    version=$(cd / && "$1" --version 2>/dev/null </dev/null | awk '{ print $2 }') || return 1
    [ "$(printf '%s\n' "$OLDEST_UV" "$version" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$OLDEST_UV" ]
}

find_uv() {
    local folder
    local -a folders
    IFS=: read -r -a folders <<<"${PATH:-}:/nonexistent"
    for folder in "$OWN/bin" "${folders[@]}" "${HOME:-/nonexistent}/.local/bin" "${HOME:-/nonexistent}/.cargo/bin"; do
        good_uv "$folder/uv" && UV="$folder/uv" && return 0
    done
    return 1
}

install_uv() {
    local python
    say "installing uv into .uv/"
    if python=$("$ROOT/tools/find-python.sh" 3.13 3.12 3.11 3.10 3.9 3.8); then
        rm -rf "${OWN:?}/bin" "${OWN:?}/lib"
        { "$python" -m venv "$OWN" && "$OWN/bin/python" -m pip install --require-hashes -r "$ROOT/tools/uv.txt"; } \
            >"$LOG" 2>&1 && return 0
        # Debian's python3 comes without venv, but perhaps with pip.
        "$python" -m pip install --target "$OWN" --require-hashes -r "$ROOT/tools/uv.txt" \
            >>"$LOG" 2>&1 && return 0
    fi
    local installer=https://astral.sh/uv/install.sh
    if command -v curl >/dev/null; then
        curl -Lsf "$installer" | UV_UNMANAGED_INSTALL="$OWN/bin" sh >>"$LOG" 2>&1
    elif command -v wget >/dev/null; then
        wget -qO- "$installer" | UV_UNMANAGED_INSTALL="$OWN/bin" sh >>"$LOG" 2>&1
    fi
}

# --- environments ----------------------------------------------------------------------------

digest() { # of everything an environment is made from; a moved project has scripts that point astray
    { printf '%s\n' "$ROOT"; cat "$@"; } | { sha256sum 2>/dev/null || shasum -a 256; } | cut -d ' ' -f 1
}

is_current() { # is_current FOLDER DIGEST
    [ "$(cat "$1/$STAMP" 2>/dev/null)" = "$2" ] && "$1/bin/python" -I -S -c '' 2>/dev/null
}

make_venv() { # make_venv FOLDER VERSION…: keep one that fits, else make it anew
    local folder=$1 python versions
    shift
    versions=$(printf ' %s ' "$*")
    if [ "$(cat "$folder/$STAMP.root" 2>/dev/null || printf %s "$ROOT")" = "$ROOT" ] &&
        case $versions in *" $(version_of "$folder/bin/python") "*) true ;; *) false ;; esac; then
        return 0
    fi
    if ! python=$("$ROOT/tools/find-python.sh" "$@"); then
        say "no Python $1 on this machine: installing one into .uv/python"
        shown "$UV" python install "$1"
        python=$("$ROOT/tools/find-python.sh" "$@") ||
            fail "there is no Python $1 here and none could be downloaded; install it and run this again"
    fi
    say "${folder#"$ROOT"/}: Python at $python"
    rm -rf "$folder"
    watched "making ${folder#"$ROOT"/}" "$UV" venv --quiet --no-project -p "$python" "$folder"
    printf %s "$ROOT" >"$folder/$STAMP.root"
}

version_of() { "$1" -I -S -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }

sync_venv() { # sync_venv FOLDER PINS…
    local folder=$1
    shift
    rm -f "$folder/$STAMP"
    # Byte code is compiled now, whatever the shell says about it: Rasa starts in a quarter of the time.
    watched "installing the packages of ${folder#"$ROOT"/}" \
        "$UV" pip sync --require-hashes --compile-bytecode -p "$folder/bin/python" "$@"
}

application() {
    local folder="$ROOT/.venv" wanted
    local -a pins=("$ROOT/requirements.txt" "$ROOT/tools/build.txt")
    wanted=$(digest "${pins[@]}" "$ROOT/pyproject.toml")
    is_current "$folder" "$wanted" && return 0
    prepare
    is_current "$folder" "$wanted" && return 0 # another set-up has just done it
    need_space "$APPLICATION_MB" "the application's environment"
    make_venv "$folder" 3.11 3.12 3.13
    say "installing the application's packages (about 200 MB to download the first time)"
    sync_venv "$folder" "${pins[@]}"
    # The build backend is one of the pins: nothing unpinned is fetched to install ourselves.
    watched "installing handoff into .venv" \
        "$UV" pip install --quiet --no-deps --no-build-isolation -p "$folder/bin/python" -e "$ROOT"
    printf %s "$wanted" >"$folder/$STAMP"
    say "the application's environment is ready"
}

rasa() {
    local folder="$ROOT/bot/.venv" wanted
    wanted=$(digest "$ROOT/bot/requirements.txt")
    is_current "$folder" "$wanted" && return 0
    prepare
    is_current "$folder" "$wanted" && return 0 # another set-up has just done it
    need_space "$RASA_MB" "Rasa's environment"
    make_venv "$folder" 3.10
    say "installing Rasa's packages (about 1 GB to download the first time: some minutes)"
    sync_venv "$folder" "$ROOT/bot/requirements.txt"
    printf %s "$wanted" >"$folder/$STAMP"
    say "Rasa's environment is ready"
}

prepare() { # what only a set-up with something to do needs
    [ -z "$prepared" ] || return 0
    prepared=yes
    lock
    CACHE=${UV_CACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/uv}
    if ! mkdir -p "$CACHE" 2>/dev/null || [ ! -w "$CACHE" ]; then
        CACHE="$OWN/cache" # no home to write to: keep the downloads here
        mkdir -p "$CACHE"
    fi
    export UV_CACHE_DIR=$CACHE
    find_uv && return 0
    need_space 200 "uv"
    install_uv
    find_uv || explain "installing uv" "install it by hand (see $LOG), then run this again"
}

application
rasa
