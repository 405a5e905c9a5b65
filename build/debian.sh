# shellcheck shell=bash disable=SC2016,SC2154
# Takes packages of a newer Debian suite into the private folder, installing nothing. Sourced after lib.sh.

# The mirrors that serve this machine's own release, its main archive first. apt reads its own configuration, in
# whichever style that is written.
mirrors() {
  local codename uris; codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
  mkdir -p "$1/none/partial"
  uris=$(apt-get -o Dir::State::lists="$1/none" update --print-uris) || true
  {
    sed -n "s|^'\(.*\)/dists/$codename/main/.*|\1|p" <<<"$uris"
    sed -n "s|^'\(.*\)/dists/$codename/InRelease' .*|\1|p" <<<"$uris"
  } | awk '!seen[$0]++'
}

# apt_state WORK MIRROR SUITE: an apt of our own, which thinks nothing is installed and knows one suite only. The
# machine's own apt.conf.d (proxies, certificates) stays in force, its hooks do not.
apt_state() {
  local work=$1 mirror=$2 suite=$3 keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  rm -rf "$work/state" "$work/cache"
  mkdir -p "$work"/{state/lists/partial,cache/archives/partial,log}
  : >"$work/state/status"
  {
    printf 'Types: deb\nURIs: %s\nComponents: main\nTargets: Packages\n' "$mirror"
    printf 'Architectures: %s\n' "$(dpkg --print-architecture)"
    # A backport leans on the release that it was made for.
    case $suite in
      *-backports) printf 'Suites: %s %s\n' "$suite" "${suite%-backports}" ;;
      *) printf 'Suites: %s\n' "$suite" ;;
    esac
    [[ ! -r $keyring ]] || printf 'Signed-By: %s\n' "$keyring"
  } >"$work/debian.sources"
  cat >"$work/apt.conf" <<CONF
Dir::State "$work/state";
Dir::State::status "$work/state/status";
Dir::Cache "$work/cache";
Dir::Log "$work/log";
Dir::Etc::sourcelist "$work/debian.sources";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Default-Release "$suite";
APT::Update::Error-Mode "any";
Acquire::Retries "2";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Install-Pkgs;
#clear DPkg::Post-Invoke;
CONF
}

# fetch WORK SUITES PACKAGE... : brings the packages and all they need from the first suite that has them; prints it.
fetch() {
  local work=$1 suites=$2 found suite mirror; shift 2
  found=$(mirrors "$work")
  [[ -n $found ]] || die "unable to find a mirror of Debian's main archive in apt's configuration"
  for suite in $suites; do
    for mirror in $found; do
      apt_state "$work" "$mirror" "$suite"
      if apt-get -c "$work/apt.conf" -q update >>"$work/apt.log" 2>&1 </dev/null &&
        apt-get -c "$work/apt.conf" -qy install --download-only --no-install-recommends "$@" \
          >>"$work/apt.log" 2>&1 </dev/null; then
        printf '%s\n' "$suite"
        return
      fi
    done
  done
  grep -E '^(E|W|Err)' "$work/apt.log" | sort -u | tail -n 12 >&2 || true
  die "unable to get '$*': looked in the suites '$suites' of '${found//$'\n'/ }'"
}

# patch_executables HERE TARGET: lets the programs in HERE find, once it is called TARGET, the loader and the libraries
# that they came with. Shared libraries stay as they are: patched ones crash.
patch_executables() {
  local here=$1 target=$2 triplet lib loader file
  triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || gcc -print-multiarch)
  lib=usr/lib/$triplet
  [[ ! -d $here/lib/$triplet ]] || lib=lib/$triplet # Debian 12 ships the C library there
  loader=$(cd "$here/$lib" && printf '%s' ld-linux*.so.*)
  for file in "$here"/usr/bin/* "$here"/usr/sbin/* "$here"/usr/lib/postgresql/*/bin/*; do
    [[ -f $file && ! -L $file ]] || continue
    patchelf --print-interpreter "$file" >/dev/null 2>&1 || continue # a script, or linked statically
    patchelf --set-interpreter "$target/$lib/$loader" \
      --force-rpath --set-rpath "$target/$lib:$target/usr/lib/$triplet" "$file"
  done
}

# One script at a time fills the private folder; what an interrupted one left is removed by the next.
lock() {
  exec 9>"$private/.lock"
  flock 9
  trap 'rm -rf "$private"/.fetch.*' EXIT
}

# The newest complete copy of NAME, or nothing. VERSIONS is written last, so a folder without it is not one.
unpacked() {
  local file last=
  for file in "$private/$1"-*/VERSIONS; do [[ ! -e $file ]] || last=${file%/VERSIONS}; done
  printf '%s' "$last"
}

# unpack NAME CHECK SUITES PACKAGE... : makes NAME-<version of the first package>, kept when 'CHECK <root>' agrees.
# The caller holds the lock.
unpack() {
  local name=$1 check=$2 suites=$3 work suite deb version root; shift 3
  rm -rf "$private"/.fetch.*
  work=$(mktemp -d "$private/.fetch.XXXXXX")
  chmod 755 "$work"
  suite=$(fetch "$work" "$suites" "$@")
  mkdir "$work/root"
  for deb in "$work"/cache/archives/*.deb; do
    case ${deb##*/} in # large, and wanted by installation scripts only
      perl*_* | libperl*_* | systemd_* | libsystemd-shared_* | locales_* | libc-l10n_* | passwd_* | openssl_*) ;;
      *) printf '%s\0' "$deb" ;;
    esac
  done | xargs -0 -P "$(nproc)" -I{} dpkg -x {} "$work/root"
  chmod -R u+w,a+rX "$work/root"

  version=$(dpkg-deb -f "$work"/cache/archives/"$1"_*.deb Version)
  version=${version#*:} # a colon would part the search path of libraries
  root=$private/$name-${version%%-*}
  patch_executables "$work/root" "$root"
  rm -rf "$root"
  mv -T "$work/root" "$root"
  "$check" "$root" >"$work/check.log" 2>&1 || {
    tail -n 20 "$work/check.log" >&2
    die "unable to use $name $version from '$suite' in '$root'"
  }
  {
    printf 'suite %s\n' "$suite"
    for deb in "$work"/cache/archives/*.deb; do dpkg-deb -W --showformat='${Package} ${Version}\n' "$deb"; done
  } >"$work/VERSIONS"
  mv "$work/VERSIONS" "$root/VERSIONS"
  rm -rf "$work"
}

# versions ROOT PACKAGE... : one line for people.
versions() {
  local root=$1 package line=; shift
  for package in "$@"; do line+=", $(grep "^$package " "$root/VERSIONS")"; done
  printf '%s (%s)\n' "${line#, }" "$(sed -n 's/^suite //p' "$root/VERSIONS")"
}
