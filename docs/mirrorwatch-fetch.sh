#!/usr/bin/env bash
# Fetches the list, proves it, switches to it, and goes back where the consumer does not take it. Run it every 10 minutes.
#   mirrorwatch-fetch.sh [SETTINGS]        settings (bash): /etc/mirrorwatch/fetch.conf, explained in docs/isp.md
# Needs bash, curl, minisign, python3, coreutils, findutils, flock, and dig for the canaries.
# Exit code 0: the newest list is in use. 1: somebody should look, the reason is on stderr, and the last good list stays in use.
set -euo pipefail
export LC_ALL=C
umask 022

KEYS=/etc/mirrorwatch/keys         # the authority's public keys, *.pub; any of them may have signed
STORE=/var/lib/mirrorwatch         # releases by serial, `latest` and, while one is looked at, `new`
FILES="rpz.zone"                   # what the consumers here load
CHECK=/etc/mirrorwatch/check       # sh: the checks of `new` that docs/isp.md gives for these consumers
RELOAD=/etc/mirrorwatch/reload     # sh: their reloads
PATIENCE=90                        # seconds until a list that was loaded must show
ACCEPT=0                           # a serial: take that list though its counts are strange, or it was not taken before
is_current() { true; }             # whether the consumer itself says that it holds serial $1
is_blocked() { dig @127.0.0.1 +time=2 +tries=1 "$1" A | grep 'status: NXDOMAIN' >/dev/null; }
# shellcheck source=/dev/null
. "${1:-/etc/mirrorwatch/fetch.conf}"

new="$STORE/new" last=0
say() { printf 'mirrorwatch-fetch: %s\n' "$1" >&2; }
die() { say "$1; the last good list stays in use"; exit 1; }
get() { curl -fsS --compressed --create-dirs --max-time 120 --max-filesize 500000000 -o "$new/$2" "$SOURCE/$1/$2" || die "cannot fetch $SOURCE/$1/$2"; }
said() { sed -n "/^ \{1,2\}\"$2\": /{s/^ *\"$2\": \"\{0,1\}\([a-z0-9.-]*\)\"\{0,1\},\{0,1\}\$/\1/p;q}" "$1/manifest.json"; }  # serial, listed, free
signed() { local key; for key in "$KEYS"/*.pub; do minisign -VHqm "$1" -p "$key" >/dev/null 2>&1 && return 0; done; return 1; }
switch_to() { ln -sfn "$1" "$STORE/.latest" && mv -T "$STORE/.latest" "$STORE/latest" && sh -e "$RELOAD" 9>&-; }
shows() { is_current "$1" && is_blocked "$(said "$STORE/$1" listed)" && ! is_blocked "$(said "$STORE/$1" free)"; }
proved() { for ((second = 0; second < PATIENCE; second++)); do shows "$1" && return 0; sleep 1; done; return 1; }
judged() { python3 - "$@" <<'PYTHON'
import json, os, sys
from datetime import datetime, timedelta, timezone
path, old_path, serial, accepted, *names = sys.argv[1:]
new, old = json.load(open(path)), json.load(open(old_path)) if os.path.exists(old_path) else None
now = datetime.now(timezone.utc)
made, until = (datetime.strptime(new[key], "%Y-%m-%dT%H:%M:%S%z") for key in ("made_at", "valid_until"))
digests = {one["name"]: one["sha256"] for one in new["files"]}
follows = old is not None and new["previous"] == old["serial"]
checks = {
    "is of a format that is not known here": new["format"] == "mirrorwatch-release-2",
    "has another serial in its manifest": str(new["serial"]) == serial,
    "was made from an archive, not from the web": new["replayed"] is False,
    f"was valid until {until}": now < until,
    f"is of {made}, over 26 hours old": old_path != path or now - made < timedelta(hours=26),
    f"lacks one of {names}": set(names) <= set(digests),
    "adds more than 1,000 entries": new["added"] <= 1000,
    f"has counts that do not follow from the list in use: ask the authority, then set ACCEPT={serial}":
        not follows or accepted == serial or new["entries"] == old["entries"] + new["added"] - new["removed"],
    f"lost over a fifth of its entries: ask the authority, then set ACCEPT={serial}":
        old is None or follows or accepted == serial or new["entries"] >= 0.8 * old["entries"],
}
for text, good in checks.items():
    good or sys.exit(f"mirrorwatch-fetch: list {serial} {text}")
print("\n".join(f"{digests[name]}  {name}" for name in names))
PYTHON
}
at_end() {  # whatever happened: is the list in use still fit to be? Past valid_until it is kept, an old list is better than none
  local code=$? now="$STORE/latest/manifest.json"
  rm -rf "$new"
  if [ -e "$now" ]; then judged "$now" "$now" "$(said "$STORE/latest" serial)" 0 >/dev/null || { say "ALARM: the list in use is old"; code=1; }; fi
  exit "$code"
}

mkdir -p "$STORE"
exec 9>"$STORE/.lock"
flock -n 9 || { say "another run is under way"; exit 0; }
trap at_end EXIT
rm -rf "$new"; mkdir "$new"
if [ -e "$STORE/latest" ] && [ ! -e "$STORE/latest/.proved" ]; then   # a run was killed before it knew: back to the last that was proved
  good=$(find "$STORE" -mindepth 2 -maxdepth 2 -name .proved -printf '%h\n' | sort -V | tail -n 1)
  if [ -n "$good" ]; then switch_to "${good##*/}" || true; else rm -f "$STORE/latest"; fi
fi
if [ -e "$STORE/latest/manifest.json" ]; then last=$(said "$STORE/latest" serial); fi
get latest manifest.json
serial=$(said "$new" serial)
[[ $serial =~ ^[1-9][0-9]{0,9}$ ]] || die "what $SOURCE calls latest is no release"
if [ "$serial" -eq "$last" ]; then
  (cd "$STORE/latest" && sha256sum --check --status SHA256SUMS) || die "ALARM: list $last is damaged on this disk: remove $STORE/latest and run this again"
  shows "$last" || { switch_to "$last" && proved "$last"; } || die "list $last is not in use: the canaries do not show"
  exit 0
fi
[ "$serial" -gt "$last" ] || die "serial $serial goes back, $last is in use"
if [ "$serial" != "$ACCEPT" ] && [ "$serial" = "$(cat "$STORE/.refused" 2>/dev/null)" ]; then die "list $serial was not taken before, ACCEPT=$serial tries again"; fi
for name in manifest.json manifest.json.minisig; do get "$serial" "$name"; done   # from its own folder: `latest` may be switched meanwhile
signed "$new/manifest.json" || die "no key in $KEYS has signed the manifest of $serial"
# shellcheck disable=SC2086 # FILES are words
judged "$new/manifest.json" "$STORE/latest/manifest.json" "$serial" "$ACCEPT" $FILES >"$new/SHA256SUMS" || die "list $serial is refused"
for name in $FILES; do get "$serial" "$name"; done
(cd "$new" && sha256sum --check --strict --quiet SHA256SUMS >&2) || die "a file of $serial is not what its manifest says"
sh -e "$CHECK" 9>&- >&2 || die "the check of $serial says no"
rm -rf "${STORE:?}/$serial"; mv "$new" "$STORE/$serial"; sync "$STORE/$serial"/* "$STORE"
if ! { switch_to "$serial" && proved "$serial"; }; then
  if [ "$last" -gt 0 ]; then switch_to "$last" || say "list $last does not load again either"; else rm -f "$STORE/latest"; fi
  rm -rf "${STORE:?}/$serial"; echo "$serial" >"$STORE/.refused"
  die "list $serial was not taken"
fi
touch "$STORE/$serial/.proved"; echo "list $serial is in use"
find "$STORE" -maxdepth 1 -regex '.*/[0-9]+' | sort -V | head -n -5 | xargs -r -d '\n' rm -rf
