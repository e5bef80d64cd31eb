#!/usr/bin/env bash
# Installs what only the tests need from the system: a browser to drive and a sound server whose
# output can be recorded. Without root it names the one command and goes on.
set -euo pipefail

missing=()
need() { command -v "$1" >/dev/null 2>&1 || missing+=("$2"); }
need chromium chromium
need pulseaudio pulseaudio
need aplay alsa-utils
# The program that drives the browser links to it and the smallest Debian does not have it.
compgen -G '/usr/lib/*/libatomic.so.1' >/dev/null || missing+=(libatomic1)
compgen -G '/usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so' >/dev/null \
  || missing+=(libasound2-plugins)
if [ "${#missing[@]}" -eq 0 ]; then exit 0; fi

root=()
if [ "$(id -u)" -ne 0 ]; then root=(sudo -n); fi
printf 'test: installing %s\n' "${missing[*]}"
if command -v apt-get >/dev/null \
  && "${root[@]}" apt-get update -qq </dev/null \
  && "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null; then
  exit 0
fi
printf 'test: some tests will fail; run this once: sudo apt-get install -y %s\n' \
  "${missing[*]}" >&2
