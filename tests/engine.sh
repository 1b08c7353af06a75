# shellcheck shell=bash
# Gives the tests a container engine: the one that is there, else a private one that leaves no trace.
# Source it, call `engine_up`, and `engine_down` at the end.

engine_up() {
  docker info >/dev/null 2>&1 && return 0
  [ "$(id -u)" = 0 ] || { echo "no container engine, and only root can start one" >&2; return 1; }
  command -v dockerd >/dev/null || {
    apt-get update -qq && apt-get install -y -qq --no-install-recommends docker.io >/dev/null
  } || return 1
  ENGINE=$(mktemp -d "${TMPDIR:-/tmp}/evd.XXXX") # short: a socket's path has at most 107 bytes
  dockerd --host "unix://$ENGINE/d.sock" --data-root "$ENGINE/data" --exec-root "$ENGINE/exec" \
    --pidfile "$ENGINE/pid" --iptables=false --ip6tables=false --bridge=none \
    >"$ENGINE/log" 2>&1 &
  export DOCKER_HOST="unix://$ENGINE/d.sock"
  for _ in $(seq 100); do
    docker info >/dev/null 2>&1 && return 0
    sleep 0.1
  done
  tail -20 "$ENGINE/log" >&2
  return 1
}

engine_down() {
  [ -n "${ENGINE:-}" ] || return 0
  docker ps -aq | xargs -r docker rm -f >/dev/null 2>&1
  kill "$(cat "$ENGINE/pid")" 2>/dev/null
  for _ in $(seq 100); do
    [ -e "$ENGINE/pid" ] || break
    sleep 0.1
  done
  rm -rf "$ENGINE"
}
