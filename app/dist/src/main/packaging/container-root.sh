#!/bin/sh
# Lays out what a container holds besides Unfog: the system libraries that its native code asks for, and a user. There is no shell.
# Usage: container-root.sh RUNTIME DISTRIBUTION FOLDER
set -eu
rm -rf "$3"
mkdir -p "$3/etc" "$3/tmp" "$3/data"
find "$1" "$2/lib/native" \( -name '*.so' -o -name '*.so.*' -o -path '*/bin/java' \) -type f -exec ldd {} + 2>/dev/null \
  | sed -n -e 's/.*=> \(\/[^ ]*\) (.*/\1/p' -e 's/^\t\(\/[^ ]*\) (.*/\1/p' | sort -u \
  | while read -r library; do
    # Those of the runtime itself are there already; those of a desktop are not needed without one.
    case $library in
      "$1"/* | *libX* | *libxcb* | *libasound* | *libbsd* | *libmd.so*) ;;
      *) mkdir -p "$3$(dirname "$library")" && cp -L "$library" "$3$library" ;;
    esac
  done
echo 'unfog:x:1000:1000:Unfog:/data:/' >"$3/etc/passwd"
echo 'unfog:x:1000:' >"$3/etc/group"
chmod 1777 "$3/tmp"
chmod 0777 "$3/data"
