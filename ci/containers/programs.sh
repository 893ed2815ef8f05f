#!/usr/bin/env bash
# Inside the image build: puts the release programs into a folder, compiled here or built before.
#   programs.sh <source> <prebuilt> <build folder> <where to>
set -euo pipefail
source=$1 prebuilt=$2 build=$3 to=$4
programs=(alert-ingestion incident-management oncall-service notification-service web-ui tocsin)
mkdir -p "$to"

if [ -e "$prebuilt/tocsin" ]; then
    from=$prebuilt
    echo "Programs built before."
else
    # SwiftPM writes beside the manifest, and the source is read-only; times are kept, so that only what changed is compiled again.
    mkdir -p "$build/package" "$build/scratch"
    rm -rf "$build/package"/*
    cp -a "$source"/{Package.swift,Plugins,Services,Shared,Tests} "$build/package/"
    for program in "${programs[@]}"; do
        swift build --package-path "$build/package" --scratch-path "$build/scratch" -c release --static-swift-stdlib --product "$program"
    done
    from=$build/scratch/release
fi
for program in "${programs[@]}"; do
    # Their own symbols make half of them; exported names, which a backtrace shows, stay.
    strip --strip-all -o "$to/$program" "$from/$program"
    chmod 0755 "$to/$program"
done
