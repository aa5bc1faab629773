#!/bin/sh
# Writes the certificates of tests/unit/node/test_node_tls.py anew (OpenSSL 3): an authority, and servers that it knows.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$(mktemp -d)"
: > known
cat > ca.cnf << END
[own]
database = known
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
rand_serial = yes
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
END
signed() { # name, section of ca.cnf, first and last second, more of `openssl ca`
    name=$1 section=$2 first=$3 last=$4
    shift 4
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$name.key" -out "$name.csr" \
        -subj "/CN=$name of a test"
    openssl ca -batch -notext -config ca.cnf -name own -in "$name.csr" -out "$name.crt" -extensions "$section" \
        -startdate "$first" -enddate "$last" "$@"
}
server() { # name, subject's alternative name, first and last second
    printf '[%s]\nsubjectAltName=%s\n' "$1" "$2" >> ca.cnf
    signed "$1" "$1" "$3" "$4" -cert authority.crt -keyfile authority.key
    cat "$1.crt" "$1.key" > "$here/$1.pem"
}
signed authority authority 20200101000000Z 21200101000000Z -selfsign -keyfile authority.key
cp authority.crt "$here/authority.pem"
server right IP:127.0.0.1 20200101000000Z 21200101000000Z
server elsewhere DNS:elsewhere.example 20200101000000Z 21200101000000Z
server expired IP:127.0.0.1 20200101000000Z 20200201000000Z
