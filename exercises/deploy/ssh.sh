#!/usr/bin/env bash
# exercises/deploy/ssh.sh HOST… [-- OPTIONS OF dlgrade grade]
# Grades on this and other machines, by Dask over TLS. Every host is reached by `ssh HOST` without
# a password, and has this repository, at the same commit, with its .venv, at the same path.
#   ADDRESS  of this machine, as the hosts see it      PORT     of the scheduler
#   THREADS  submissions at once on each host          PYTHON   the Python to use
set -euo pipefail
hosts=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do hosts+=("$1"); shift; done
if [ "${#hosts[@]}" = 0 ]; then sed -n '2,6s/^# //p' "$0" >&2; exit 2; fi
[ $# = 0 ] || shift

here=$(pwd)
python=${PYTHON:-$here/.venv/bin/python}
ssh=${SSH:-ssh}
port=${PORT:-8786}
address=${ADDRESS:-$(hostname -I | cut -d' ' -f1)}
scheduler=tls://$address:$port
keys=$(mktemp -d -t dlgrade-XXXXXXXX)
export PYTHONPATH=$here OMP_NUM_THREADS=1 DASK_CONFIG=$keys

children=()
finish() {
    kill "${children[@]}" 2>/dev/null || true
    wait
    rm -rf "$keys"
}
trap finish EXIT
bash "$(dirname "$0")/certificate.sh" "$keys"
"$python" -m dask scheduler --protocol tls --host "$address" --port "$port" --no-dashboard --no-show &
children+=($!)
for host in "${hosts[@]}"; do
    tar -C "$(dirname "$keys")" -c "$(basename "$keys")" |
        $ssh "$host" "if test -d '$keys'; then cat >/dev/null; else tar -C '$(dirname "$keys")' -x; fi"
    $ssh "$host" "cd '$here' && export PYTHONPATH='$here' OMP_NUM_THREADS=1 DASK_CONFIG='$keys' \
        && '$python' -m dask worker '$scheduler' --nthreads ${THREADS:-\$(nproc)} --no-nanny \
        --no-dashboard --death-timeout 60; rm -rf '$keys'" </dev/null &
    children+=($!)
done
"$python" - "$scheduler" "${#hosts[@]}" <<'PYTHON'
import sys
from distributed import Client
with Client(sys.argv[1], timeout="60s") as client:
    client.wait_for_workers(int(sys.argv[2]), timeout=120)
PYTHON
"$python" -m dlgrade grade --scheduler "$scheduler" "$@"
