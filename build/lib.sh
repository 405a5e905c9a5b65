# shellcheck shell=bash
# Shared by build/*, quickstart, test and bench/*: sourced, never run.

umask 022
export LC_ALL=C.UTF-8
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1
# No compiler or build server may outlive a script.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false

# shellcheck disable=SC2034 # for those who source this
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
export HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}

say() { printf '%s\n' "$*" >&2; }
die() { say "${0##*/}: $*"; exit 1; }

# Servers and the tool under test never run as root: PostgreSQL refuses to.
if [[ $(id -u) != 0 ]]; then
  run_as=$(id -un)
  private=${XDG_CACHE_HOME:-$HOME/.cache}/tomo-backup-dev
elif getent passwd postgres >/dev/null; then
  run_as=postgres
  private=/var/cache/tomo-backup-dev
else
  run_as=nobody
  private=/var/cache/tomo-backup-dev
fi

# Everything that is made once and kept lies here, outside the clone, which other users may not be able to enter.
private=${TOMO_BACKUP_DEV_CACHE:-$private}

# as_user HOME COMMAND... : a private home, a private TMPDIR, and none of the caller's PostgreSQL or desktop settings.
as_user() {
  local home=$1 name; shift
  local -a clean=() become=()
  for name in "${!PG@}" "${!XDG_@}" MAIL; do clean+=(-u "$name"); done
  if [[ $(id -u) == 0 ]]; then
    become=(setpriv --reuid="$run_as" --regid="$(id -g "$run_as")" --init-groups --)
  fi
  env "${clean[@]}" HOME="$home" TMPDIR="$home/tmp" USER="$run_as" LOGNAME="$run_as" "${become[@]}" "$@" 9>&-
}

# scratch NAME: makes and prints a folder whose home/ and home/tmp/ only that user can read. Short, because a socket's
# path has 107 bytes.
scratch() {
  local dir; dir=$(mktemp -d "/var/tmp/$1.XXXXXX")
  chmod 755 "$dir"
  mkdir -m 700 "$dir/home" "$dir/home/tmp"
  [[ $(id -u) != 0 ]] || chown -R "$run_as": "$dir/home"
  printf '%s\n' "$dir"
}

# The processes that work below DIR or were given a TMPDIR there; PostgreSQL overwrites its environment, not its folder.
processes_below() {
  {
    find /proc/[0-9]*/cwd -maxdepth 0 -lname "$1*" 2>/dev/null || true
    grep -lzs "^TMPDIR=$1/" /proc/[0-9]*/environ || true
  } | cut -d / -f 3 | grep -vx "$$" | sort -nu || true
}

# sweep DIR: ends, by id, what still runs there, and says what it was. Fails when there was something.
sweep() {
  local dir=$1 pid signal pids words
  for _ in {1..20}; do
    pids=$(processes_below "$dir")
    [[ -n $pids ]] || return 0
    sleep 0.1
  done
  for pid in $pids; do
    read -ra words < <(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline") 2>/dev/null || true
    ((${#words[@]} == 0)) || say "left running: $pid ${words[*]}"
  done
  for signal in INT TERM QUIT KILL; do
    for pid in $(processes_below "$dir"); do kill "-$signal" "$pid" 2>/dev/null || true; done
    for _ in {1..20}; do
      [[ -n $(processes_below "$dir") ]] || return 1
      sleep 0.1
    done
  done
  return 1
}

# The folder of a .NET runtime that the other user can execute: this machine's, or a copy when that one is closed to it.
runtime_root() {
  local shared version copy
  shared=$(dotnet --list-runtimes | sed -n 's|^Microsoft.NETCore.App \(10[^ ]*\) \[\(.*\)\]$|\1 \2|p' | tail -n 1)
  version=${shared%% *} shared=${shared#* }
  local own=${shared%/shared/Microsoft.NETCore.App}
  if as_user / test -x "$own/dotnet" -a -r "$shared/$version/libcoreclr.so"; then
    printf '%s\n' "$own"
    return
  fi
  copy=$private/dotnet-$version
  if [[ ! -d $copy ]]; then
    local new; new=$(mktemp -d "$private/.new.XXXXXX")
    chmod 755 "$new"
    mkdir -p "$new/shared/Microsoft.NETCore.App"
    cp -rL "$own/dotnet" "$own/host" "$new/"
    cp -rL "$shared/$version" "$new/shared/Microsoft.NETCore.App/"
    chmod -R a+rX "$new"
    mv -T "$new" "$copy" 2>/dev/null || rm -rf "$new"
  fi
  printf '%s\n' "$copy"
}

# quietly LOG COMMAND... : the noise goes to LOG; on failure its end is shown.
quietly() {
  local log=$1 status=0; shift
  "$@" >"$log" 2>&1 || status=$?
  if [[ $status != 0 ]]; then
    tail -n 40 "$log" >&2
    say "${0##*/}: '$*' failed with status $status; all of it is in '$log'"
  fi
  return "$status"
}
