#!/bin/bash
# Runs an image's files as the DaemonSet would: the manifest's capabilities and no others, no new privileges, a read-only root file system
# and read-only /proc/sys, in a network namespace of its own. Then looks whether the rules are there. As root only.
#
#   .ci/image-check.sh DIRECTORY         DIRECTORY is what .ci/dockerfile.py made
set -euo pipefail
image=$(realpath "$1")
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

# The list in a manifest's only line for it, as "net_admin net_raw".
capabilities_in() {
    local list
    list=$(sed -nE 's/^ *(add|value): \[(.*)\]$/\2/p' "$1" | tr 'A-Z' 'a-z' | tr -d ',')
    [ -n "$list" ] || { echo "image: $1 adds no capabilities" >&2; exit 1; }
    echo "$list"
}

# Nothing to start but what is meant to be.
found=$(cd "$image/root" && find bin/ sbin/ usr/local/bin/ -maxdepth 1 -type f -printf '%f\n' | sort | tr '\n' ' ')
[ "$found" = "kmod shunt xtables-legacy-multi xtables-nft-multi " ] || { echo "image: programs that nobody asked for: $found" >&2; exit 1; }
nonroot=$(sed -n 's/^nonroot:[^:]*:\([0-9]*\):.*/\1/p' "$image/root/etc/passwd")
[ "$nonroot" = 65532 ] || { echo "image: no user 65532" >&2; exit 1; }

# One run in new namespaces. The image lies under a layer in memory, as an engine puts it, so that mount points can be made in it.
#   confined UID VARIANT CAPABILITIES
confined() {
    unshare --mount --net --pid --fork bash -s "$image" "$1" "$2" "$3" <<'INSIDE'
set -euo pipefail
image=$1 uid=$2 variant=$3 capabilities=$4
work=$(mktemp -d /tmp/shunt-image-XXXXXX)
trap 'umount --recursive --lazy "$work"; rmdir "$work"' EXIT
mount -t tmpfs image "$work"
mkdir "$work"/{upper,work,root}
mount -t overlay image -o "lowerdir=$image/root,upperdir=$work/upper,workdir=$work/work" "$work/root"
root=$work/root

mkdir -p "$root/demo" "$root/host"
touch "$root/run/xtables.lock" "$work/xtables.lock"
chmod 600 "$work/xtables.lock"
chown "$uid" "$work/xtables.lock"
mount --bind manifests/demo "$root/demo"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs dev "$root/dev"
touch "$root/dev/null" && mount --bind /dev/null "$root/dev/null"
mount --bind / "$root/host" # for setpriv, which the image has not
mount -o remount,bind,ro "$root/host"
mount -o remount,ro "$root"
mount --bind "$work/xtables.lock" "$root/run/xtables.lock"

ip link set lo up

mapfile -t environment < <(python3 -c 'import json, sys
for pair in json.load(open(sys.argv[1]))["environment"].items(): print("=".join(pair))' "$image/config.json")

# Only the machine's own network namespace can set how many connections are tracked, so that is left alone.
flags=(--from /demo --hostname-override demo-node --shunt-iptables-variant "$variant" --cluster-cidr 10.244.0.0/16 --conntrack-max-per-core 0)

# The init container: privileged. After it, nobody may write kernel parameters.
env -i "${environment[@]}" chroot "$root" /usr/local/bin/kube-proxy --init-only "${flags[@]}"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -o remount,ro "$root/sys"

loader=$(realpath "$(readelf -l /bin/true | sed -n 's/.*interpreter: \(.*\)\]/\1/p')") # really: where it is a link, it would lead into the image
sets=$(for name in $capabilities; do printf ',+%s' "$name"; done)
run() {
    env -i "${environment[@]}" chroot "$root" "/host$loader" --library-path "/host/lib/$(uname -m)-linux-gnu" /host/usr/bin/setpriv \
        --reuid "$uid" --regid "$uid" --clear-groups --no-new-privs --inh-caps "-all$sets" --ambient-caps "-all$sets" --bounding-set "-all$sets" \
        "$@"
}
run /usr/local/bin/kube-proxy --once "${flags[@]}"
run /usr/local/bin/shunt plan "${flags[@]}" >"$work/plan" || { cat "$work/plan"; exit 1; }
for family in iptables ip6tables; do
    rules=$($family-$variant-save | grep -c '^-A KUBE-') || { echo "image: no rules by $family-$variant-save" >&2; exit 1; }
    echo "image: as user $uid with $capabilities, $variant: $rules rules by $family-$variant-save, nothing left to change"
done
INSIDE
}

nft=$(capabilities_in manifests/base/daemonset.yaml)
legacy=$(capabilities_in manifests/legacy-iptables/kustomization.yaml)
confined 0 nft "$nft"
confined 65532 nft "$nft"
# iptables-legacy-save reads /proc/net/ip_tables_names, which only user 0 may.
confined 0 legacy "$legacy"
