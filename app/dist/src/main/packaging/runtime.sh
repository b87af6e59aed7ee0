#!/bin/sh
# Makes a Java runtime with all of Java SE, which plugins may use, and the few modules beside it that Unfog needs.
# Usage: runtime.sh JDK FOLDER
set -eu
rm -rf "$2"
"$1/bin/jlink" --add-modules java.se,jdk.unsupported,jdk.management,jdk.zipfs,jdk.crypto.ec,jdk.charsets \
  --strip-java-debug-attributes --no-header-files --no-man-pages --output "$2"
# Shared classes make every start faster.
"$2/bin/java" -XX:+UseSerialGC -Xshare:dump >/dev/null
