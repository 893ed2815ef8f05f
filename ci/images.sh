#!/usr/bin/env bash
# Builds the seven images of ci/Dockerfile, tagged with the revision, and tries each: a daemon starts as nobody and refuses to run unconfigured.
#
#   ci/images.sh                      with Docker where an engine answers, else with buildah; compiles inside the image
#   ci/images.sh --prebuilt FOLDER    with the release programs of FOLDER, built on the runtime image's Debian
#   ci/images.sh --bases              first makes base images with debootstrap, for buildah where no registry can be reached
#   ci/images.sh --root TARGET        (buildah) prints the folder where an image's root file system is mounted
#
# BUILD_IMAGE, RUNTIME_IMAGE and POSTGRES_IMAGE (for the tools, as new as the server) name other bases, best by digest. TOCSIN_IMAGES is the first part of the names (tocsin), TOCSIN_TAG the tag.
# buildah keeps what it makes in TOCSIN_IMAGES_PATH (~/.cache/tocsin/images). Exits with 77 where nothing can build.
set -euo pipefail
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
cd "$TOCSIN_ROOT"

programs=(tocsin incident-management oncall-service notification-service alert-ingestion web-ui)
targets=("${programs[@]}" tools)
prefix=${TOCSIN_IMAGES:-tocsin} tag=${TOCSIN_TAG:-$(revision)}
store=${TOCSIN_IMAGES_PATH:-${HOME:-/root}/.cache/tocsin/images}
local_base=localhost/tocsin-base:bookworm
prebuilt='' bases=0 mount=''
while [ $# -gt 0 ]; do
    case $1 in
        --prebuilt) prebuilt=${2:-} && shift ;;
        --bases) bases=1 ;;
        --root) mount=${2:-} && shift ;;
        -h | --help) sed -n '2,11s/^# \{0,1\}//p' "$0" && exit 0 ;;
        *) die "unknown option $1; try --help" ;;
    esac
    shift
done
if [ -n "$prebuilt" ]; then
    for target in "${programs[@]}"; do [ -x "$prebuilt/$target" ] || die "$prebuilt has no program $target"; done
    prebuilt=$(cd "$prebuilt" && pwd)
fi

# A digest of what the programs are made from: those built before, or the tree as it is.
programs_from() {
    if [ -n "$prebuilt" ]; then
        (cd "$prebuilt" && sha256sum "${programs[@]}") | sha256sum | cut -c1-16
    else
        git ls-files -z --cached --others --exclude-standard Package.swift Plugins Services Shared Tests ci/containers | xargs -0 sha256sum | sha256sum | cut -c1-16
    fi
}

# The files of /docs and /redoc come from this machine's set-up, where it has them: behind a proxy with an authority of its own the image build
# could not fetch them.
contexts() {
    arguments+=(--build-arg "PROGRAMS_FROM=$(programs_from)")
    [ -z "$prebuilt" ] || arguments+=(--build-context "prebuilt=$prebuilt")
    local folder
    if folder=$(install_api_docs 2>/dev/null); then
        rm -rf "$store/documents"
        mkdir -p "$store/documents"
        cp -r "$folder" "$store/documents/api-docs"
        chmod -R a+rX "$store/documents"
        arguments+=(--build-context "documents=$store/documents")
    fi
}

# Neither a daemon nor user namespaces are needed: as in a CI that is a container itself.
in_store() { buildah --root "$store/storage" --runroot "$store/run" --storage-driver vfs "$@"; }

if [ -n "$mount" ]; then
    container=$(in_store from --pull-never "$prefix/$mount:$tag")
    in_store mount "$container"
    exit
fi

# ── With Docker ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
# The name of what was pulled, by its digest: the same revision then builds the same image.
by_digest() {
    docker pull -q "$1" >/dev/null || return 1
    docker image inspect --format '{{if .RepoDigests}}{{index .RepoDigests 0}}{{else}}{{.Id}}{{end}}' "$1"
}
with_docker() {
    local arguments=() target rc
    local name image pinned
    for name in BUILD_IMAGE RUNTIME_IMAGE POSTGRES_IMAGE; do
        image=${!name:-$(sed -n "s/^ARG $name=//p" ci/Dockerfile)}
        pinned=$(by_digest "$image") || die "$name=$image cannot be pulled"
        say "$name $pinned"
        arguments+=(--build-arg "$name=$pinned")
    done
    contexts
    for target in "${targets[@]}"; do
        say "Building $prefix/$target:$tag …"
        DOCKER_BUILDKIT=1 docker build -q -f ci/Dockerfile --build-arg "TOCSIN_REVISION=$tag" "${arguments[@]}" --target "$target" -t "$prefix/$target:$tag" . >/dev/null
        case $target in
            tocsin) continue ;;
            tools)
                docker run --rm --read-only --cap-drop ALL --entrypoint pg_restore "$prefix/$target:$tag" --version
                continue
                ;;
        esac
        rc=0
        docker run --rm --read-only --cap-drop ALL --security-opt no-new-privileges --network none "$prefix/$target:$tag" >/dev/null 2>&1 || rc=$?
        [ $rc = 78 ] || die "$target does not refuse to run unconfigured: it ended with $rc instead of 78"
    done
}

# ── With buildah ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
make_base() {
    command -v debootstrap >/dev/null || die "debootstrap is missing: apt-get install debootstrap"
    local root=$store/debian container
    rm -rf "$root" && mkdir -p "$root"
    debootstrap --variant=minbase bookworm "$root" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >"$store/debootstrap.log" 2>&1 || die "debootstrap failed: see $store/debootstrap.log"
    printf 'deb %s bookworm main\ndeb %s bookworm-updates main\ndeb %s bookworm-security main\n' \
        "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" \
        "${DEBIAN_SECURITY_MIRROR:-http://deb.debian.org/debian-security}" >"$root/etc/apt/sources.list"
    # As the images of Debian do: what apt downloads is not kept.
    # shellcheck disable=SC2016
    printf 'Dir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\nDPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };\n' >"$root/etc/apt/apt.conf.d/docker-clean"
    rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
    container=$(in_store from scratch)
    in_store copy -q "$container" "$root" / >/dev/null
    # What was fixed since the release; a base from a registry brings it along.
    in_store run --isolation chroot "$container" -- sh -c \
        'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get upgrade -y -qq && rm -rf /var/lib/apt/lists/*' >>"$store/debootstrap.log" 2>&1 \
        || die "the base image cannot be brought up to date: see $store/debootstrap.log"
    in_store commit -q --rm "$container" "$local_base" >/dev/null
    rm -rf "$root"
    say "Base image $local_base made with debootstrap."
}
with_buildah() {
    local build=${BUILD_IMAGE:-$local_base} runtime=${RUNTIME_IMAGE:-$local_base} postgres=${POSTGRES_IMAGE:-$local_base} arguments=() target root rc
    contexts
    # Times of the last run are not the next one's: what was made here is thrown away here.
    trap 'in_store rm -a >/dev/null 2>&1 || true' EXIT
    for target in "${targets[@]}"; do
        say "Building $prefix/$target:$tag …"
        in_store bud --isolation chroot --format docker --layers --pull-never -f ci/Dockerfile --build-arg "BUILD_IMAGE=$build" --build-arg "RUNTIME_IMAGE=$runtime" \
            --build-arg "POSTGRES_IMAGE=$postgres" --build-arg "TOCSIN_REVISION=$tag" "${arguments[@]}" --target "$target" -t "$prefix/$target:$tag" . >"$store/$target.log" 2>&1 \
            || { tail -n 15 "$store/$target.log" >&2 && die "the image $target cannot be built: see $store/$target.log"; }
        root=$(in_store mount "$(in_store from --pull-never "$prefix/$target:$tag")")
        [ -s "$root/usr/share/zoneinfo/Europe/Berlin" ] || die "$target has no time zones"
        [ -s "$root/etc/ssl/certs/ca-certificates.crt" ] || die "$target has no certificate authorities"
        if [ "$target" = tools ]; then
            for program in psql pg_dump pg_restore; do chroot "$root" "$program" --version || die "$target has no $program"; done
            chroot --userspec=10001:10001 "$root" /usr/local/bin/tocsin backup --help >/dev/null || die "$target has no tocsin"
            continue
        fi
        [ -s "$root/usr/share/tocsin/api-docs/swagger-ui-bundle.js" ] || die "$target has no files for /docs"
        [ "$target" = tocsin ] && continue
        rc=0
        # As its user, with nothing inherited, in its own root; with /proc, as every engine gives it and Swift's runtime wants it.
        # shellcheck disable=SC2016
        unshare --mount --propagation private env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -c \
            'mount -t proc proc "$1/proc" && exec chroot --userspec=10001:10001 "$1" "/usr/local/bin/$2"' sh "$root" "$target" >/dev/null 2>&1 || rc=$?
        [ $rc = 78 ] || die "$target does not refuse to run unconfigured: it ended with $rc instead of 78"
    done
}

mkdir -p "$store"
if engine_answers; then
    with_docker
elif ! command -v buildah >/dev/null; then
    skip_stage images "no container engine answers, and buildah is not installed (apt-get install buildah debootstrap, then ci/images.sh --bases)"
elif [ "$(id -u)" != 0 ]; then
    skip_stage images "no container engine answers, and buildah's chroot isolation needs root"
else
    [ $bases = 0 ] || make_base
    if [ -z "${RUNTIME_IMAGE:-}" ] && ! in_store inspect --type image "$local_base" >/dev/null 2>&1; then
        skip_stage images "no container engine answers, and buildah has no base image here: ci/images.sh --bases makes one with debootstrap"
    fi
    if [ -z "$prebuilt" ] && [ -z "${BUILD_IMAGE:-}" ]; then
        skip_stage images "no container engine answers, and buildah's own base has no Swift: give --prebuilt FOLDER, or BUILD_IMAGE"
    fi
    with_buildah
fi
say "images: $(printf '%s ' "${targets[@]/#/$prefix/}")with tag $tag"
