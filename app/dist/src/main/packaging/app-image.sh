#!/bin/sh
# Makes a folder that runs without an installed Java.
# Usage: app-image.sh JDK DISTRIBUTION RUNTIME VERSION FOLDER
set -eu
jdk=$1 distribution=$2 runtime=$3 version=$4 folder=$5
rm -rf "$folder"
mkdir -p "$folder/input"
# The runtime and the launcher are the image's own; training is a download of its own.
for part in "$distribution"/*; do
  case ${part##*/} in
    bin | training) ;;
    *) cp -a "$part" "$folder/input/" ;;
  esac
done
native='$APPDIR/lib/native/ai/onnxruntime/native/linux-x64'
"$jdk/bin/jpackage" --type app-image --name unfog --app-version "$version" --vendor Unfog \
  --input "$folder/input" --main-jar lib/unfog-cli.jar --main-class dev.unfog.cli.Main \
  --runtime-image "$runtime" --dest "$folder" \
  --java-options -XX:+UseSerialGC --java-options -Xshare:auto --java-options --enable-native-access=ALL-UNNAMED \
  --java-options '-Dunfog.installation=$APPDIR' --java-options "-Donnxruntime.native.path=$native"
rm -rf "$folder/input"
