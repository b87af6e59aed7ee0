#!/bin/sh
# Runs a command in an unpacked container image where there is no container engine: in a root and mounts of its own.
# Usage: run-image.sh ROOT COMMAND...
set -eu
root=$1
shift
mkdir -p "$root/proc" "$root/dev"
namespaces=--mount
[ "$(id -u)" = 0 ] || namespaces='--mount --map-root-user'
# shellcheck disable=SC2086,SC2016
exec unshare $namespaces sh -c 'root=$1; shift
  mount --rbind /proc "$root/proc"
  mount --rbind /dev "$root/dev"
  exec chroot "$root" "$@"' sh "$root" "$@"
