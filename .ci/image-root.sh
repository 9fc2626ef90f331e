#!/bin/bash
# Collects what the final image holds besides the agent, from the Debian machine it runs on, into a directory: the iptables programs of
# both variants, kmod (iptables-legacy loads its own modules), the libraries of these and of the agent, CA certificates, two users.
# No shell, no package manager. Each package that something was taken from leaves its licence and its entry for vulnerability scanners.
#
#   image-root.sh DIRECTORY AGENT...       AGENT is the agent's executable
set -euo pipefail
root=$1
shift
files=()

# A file, and whatever symbolic links lead to it, under the real name of its directory (/lib is /usr/lib).
take() {
    local path target
    path=$(realpath -e "$(dirname "$1")")/$(basename "$1")
    while [ -L "$path" ]; do
        target=$(readlink "$path")
        mkdir -p "$root$(dirname "$path")"
        cp -a "$path" "$root$path"
        [[ "$target" = /* ]] || target=$(dirname "$path")/$target
        path=$(realpath -e "$(dirname "$target")")/$(basename "$target")
    done
    [ -e "$root$path" ] && return
    mkdir -p "$root$(dirname "$path")"
    cp -a "$path" "$root$path"
    files+=("$path")
}

# Everything the dynamic linker would load for these files. A library that is missing is an error, not a surprise at run time.
take_libraries() {
    local missing list path
    list=$(for path in "$@"; do ldd "$path" 2>/dev/null || true; done)
    if missing=$(grep 'not found' <<<"$list"); then
        echo "image: libraries are missing: $missing" >&2
        exit 1
    fi
    for path in $(grep -oE '/[^ ]+\.so[^ ]*' <<<"$list" | sort -u); do take "$path"; done
}

mkdir -p "$root"/{usr/bin,usr/sbin,usr/lib,usr/lib64,usr/local/bin,etc,proc,sys,dev,run,var/lib/dpkg/status.d}
mkdir -m 1777 -p "$root/tmp"
for link in bin sbin lib lib64; do ln -sfn usr/$link "$root/$link"; done

programs=(/usr/sbin/xtables-nft-multi /usr/sbin/xtables-legacy-multi /usr/bin/kmod)
for program in "${programs[@]}"; do take $program; done
for family in iptables ip6tables; do
    for action in "" -save -restore; do
        ln -sfn xtables-nft-multi "$root/usr/sbin/$family-nft$action"
        ln -sfn xtables-legacy-multi "$root/usr/sbin/$family-legacy$action"
        ln -sfn xtables-nft-multi "$root/usr/sbin/$family$action" # as Debian has it; the agent asks for its variant by name
    done
done
ln -sfn ../bin/kmod "$root/usr/sbin/modprobe"

extensions=(/usr/lib/*/xtables/*.so)
for extension in "${extensions[@]}"; do take "$extension"; done

# The agent loads OpenSSL only when it first speaks TLS, so its executable does not name it.
openssl=(/usr/lib/*-linux-gnu*/libssl.so.3 /usr/lib/*-linux-gnu*/libcrypto.so.3)
for library in "${openssl[@]}"; do take "$library"; done
take_libraries "$@" "${programs[@]}" "${extensions[@]}" "${openssl[@]}"

take /etc/ssl/certs/ca-certificates.crt
printf 'root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/:/sbin/nologin\n' >"$root/etc/passwd"
printf 'root:x:0:\nnonroot:x:65532:\n' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
cp /etc/os-release "$root/etc/os-release"
ln -s shunt "$root/usr/local/bin/kube-proxy" # kubeadm's command line starts with /usr/local/bin/kube-proxy

# Packages name files by /lib or /usr/lib, whichever they were built with.
packages=$(for file in "${files[@]}"; do dpkg -S "$file" "${file#/usr}" 2>/dev/null || true; done | cut -d: -f1 | tr -d ',' | sort -u)
for package in $packages ca-certificates; do
    dpkg-query -s "$package" | grep -v '^Status:' >"$root/var/lib/dpkg/status.d/$package"
    mkdir -p "$root/usr/share/doc/$package"
    cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/copyright"
done
