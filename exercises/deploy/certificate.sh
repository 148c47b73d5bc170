#!/usr/bin/env bash
# exercises/deploy/certificate.sh [FOLDER]
# Makes the key of a Dask cluster: who has the folder (tls/) may command the cluster, nobody else.
set -euo pipefail
folder=${1:-tls}
if [ -e "$folder/key.pem" ]; then exit 0; fi
mkdir -p "$folder"
chmod 700 "$folder"
folder=$(cd "$folder" && pwd)
umask 077
openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj /CN=dlgrade \
    -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>"$folder/log" || { cat "$folder/log" >&2; exit 1; }
rm "$folder/log"
cat >"$folder/dask.yaml" <<YAML
# Dask reads this where DASK_CONFIG names the folder.
logging: {distributed: critical}
distributed:
  comm:
    require-encryption: true
    tls:
      ca-file: $folder/cert.pem
      scheduler: {cert: $folder/cert.pem, key: $folder/key.pem}
      worker: {cert: $folder/cert.pem, key: $folder/key.pem}
      client: {cert: $folder/cert.pem, key: $folder/key.pem}
YAML
