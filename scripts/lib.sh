# Sourced by the scripts beside it.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=$root/.tools
cd "$root"
# One for each folder.
rotators=(rotators/*/)
rotators=("${rotators[@]#rotators/}")
rotators=("${rotators[@]%/}")

say() { printf '\n== %s\n' "$*"; }
note() { printf '   %s\n' "$*"; }
warn() { printf '\nWARNING: %s\n\n' "$*" >&2; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# described ROTATOR KEY: what its rotator.toml says on the line of this key: a text, true or false, or the words of a list.
described() { sed -n "s/^$2 = //p" "rotators/$1/rotator.toml" | sed -E '/^\[/s/[][",]//g; s/^"(.*)"$/\1/'; }

# suite_needs SUITE: functions of scripts/install. That of a rotator has its rotator's name.
suite_needs() {
    case $1 in
        engine | events | protocol | refusals | streams) ;;
        deploy | store) echo moto ;;
        documents) echo runtime_emulator debian_postgres ;;
        function) echo runtime_emulator nss_wrapper "$(described mysql servers)" "$(described postgres servers)" ;;
        templates) echo "$(described mysql servers)" "$(described postgres servers)" ;;
        local_aws) echo aws_command_line ;;
        *)
            [ -f "rotators/$1/rotator.toml" ] || die "there is no suite $1 that suite_needs in scripts/lib.sh knows"
            echo runtime_emulator "$(described "$1" servers)"
            ;;
    esac
}

# What the tests are built of. Cargo unites the features of what it builds together, so less than this would be another build of all
# dependencies.
tested=(--workspace --exclude rotation-model --all-features --locked)

# shellcheck disable=SC2034 # The scripts use it.
release_functions=(cargo build --release --locked --quiet -p 'rotator-*')
command_line() { cargo build --quiet "${tested[@]}" --bin rotation; }

# A machine of CI compiles once, and nobody debugs there. A panic says its file and line all the same.
[ -z "${CI:-}" ] || export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=0

took=()

# stage NAME COMMAND...: says what is done, and how long it took.
stage() {
    local began=$SECONDS name=$1 status=0
    shift
    say "$name"
    "$@" || status=$?
    note "$((SECONDS - began)) s"
    took+=("$((SECONDS - began)) s  $name")
    return "$status"
}

# longest_first: of its input's lines, which begin with seconds, those above ten.
longest_first() { sort -rn | awk '$1 > 10 { printf "%6s %s\n", $1, substr($0, index($0, " ") + 1) }'; }

# One list for all that is installed from it.
apt_updated=

# apt_install WHY PACKAGE...: installs Debian packages, and says so. Rather fails than takes another package away.
apt_install() {
    local why=$1
    shift
    have apt-get || die "please install $* ($why), or what your system has in their place"
    [ "$(id -u)" = 0 ] || have sudo || die "please have an administrator run: apt-get install $* ($why)"
    note "installing the Debian packages $*: $why"
    [ -n "$apt_updated" ] || as_root apt-get update -qq
    apt_updated=1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-remove --no-install-recommends "$@" >/dev/null
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# pinned SHA256 FILE: refuses anything else than what was pinned.
pinned() { printf '%s  %s\n' "$1" "$2" | sha256sum --check --quiet || die "$2 is not the file that was pinned"; }

# stamped DIR PIN: whether DIR was installed from PIN.
stamped() { [ "$(cat "$1/.pin" 2>/dev/null)" = "$2" ]; }

# AWS-LC gathers entropy at start-up, which costs more than everything else there; OpenSSL would be a second TLS. The functions have no
# command line in them.
lean_tree() {
    local heavy
    heavy=$(cargo tree --locked --workspace -e normal --prefix none | grep -E '^(aws-lc|openssl-sys|native-tls)' || true)
    [ -z "$heavy" ] || die "must not be in the tree: $heavy"
    heavy=$(cargo tree --locked "${rotators[@]/#/--package=rotator-}" -e normal --prefix none | grep -E '^(aws-config|clap) ' || true)
    [ -z "$heavy" ] || die "must not be in the functions: $heavy"
}
