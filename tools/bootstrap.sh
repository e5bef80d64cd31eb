#!/usr/bin/env bash
# Installs Loa into this checkout: .tools/ (uv, when the machine has none), .venv/ and the web parts.
# A second run finds its stamp and returns at once. Nothing outside the checkout changes, except that
# Debian's python3-venv is installed when uv is missing, too, and we are root or may use sudo.
set -euo pipefail
cd "$(dirname "$0")/.."

STAMP=.venv/.loa-setup
SOURCES=(requirements.lock requirements-uv.txt tools/bootstrap.sh
  server/pyproject.toml server/hatch_build.py device_agent/pyproject.toml)
export UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# Offices that inspect TLS have their own authority in the system's store.
if [ -s /etc/ssl/certs/ca-certificates.crt ]; then
  export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"
fi

say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: %s\n' "$@" >&2; exit 1; }

find_python() {
  local name
  for name in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python3.14; do
    if [ -n "$name" ] && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      "$name" -c 'import sys; print(sys.executable)'
      return
    fi
  done
  die "Python 3.11 or newer is needed. On Debian: sudo apt-get install -y python3"
}

install_venv_package() {
  local -a root=()
  if [ "$(id -u)" -ne 0 ]; then root=(sudo -n); fi
  say "python3-venv is missing, installing it"
  if command -v apt-get >/dev/null \
    && "${root[@]}" apt-get update -qq </dev/null \
    && "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq python3-venv </dev/null; then
    return
  fi
  die "run this once, then repeat: sudo apt-get install -y python3-venv"
}

# Sets UV to a uv that runs.
find_uv() {
  UV=$(command -v uv || true)
  if [ -n "$UV" ] && "$UV" --version >/dev/null 2>&1; then return; fi
  UV=.tools/uv/bin/uv
  if [ -x "$UV" ] && [ .tools/uv/.done -nt requirements-uv.txt ]; then return; fi
  say "installing uv into .tools/"
  rm -rf .tools/uv
  if ! "$PYTHON_FOUND" -c 'import ensurepip, venv' 2>/dev/null; then install_venv_package; fi
  "$PYTHON_FOUND" -m venv .tools/uv
  .tools/uv/bin/python -m pip install --quiet --only-binary :all: --require-hashes \
    -r requirements-uv.txt
  touch .tools/uv/.done
}

fingerprint() { { pwd -P; cat "${SOURCES[@]}"; } | sha256sum | cut -d ' ' -f 1; }

install_python_parts() {
  PYTHON_FOUND=$(find_python)
  find_uv
  say "Python packages with $("$UV" --version | cut -d ' ' -f 1,2) for $("$PYTHON_FOUND" --version)"
  if ! .venv/bin/python -c '' 2>/dev/null; then
    "$UV" venv --quiet --clear --python "$PYTHON_FOUND" .venv
  fi
  rm -f "$STAMP"
  "$UV" pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
  say "loa-agent and loa-server"
  "$UV" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation \
    -e ./device_agent -e ./server
  fingerprint >"$STAMP"
}

if [ "$(cat "$STAMP" 2>/dev/null || true)" != "$(fingerprint)" ] \
  || ! .venv/bin/python -c '' 2>/dev/null; then
  install_python_parts
fi
if [ "${LOA_SKIP_WEB:-}" != 1 ]; then .venv/bin/python tools/build_web.py; fi
say "ready"
