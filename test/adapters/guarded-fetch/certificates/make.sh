#!/bin/sh
# Made these files, once: a throwaway authority that nobody trusts but the test beside it, and a
# certificate of it for each of two names. They expire in the year 2126.
set -eu
ec='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500'
openssl req -x509 $ec -subj '/CN=Longrun test authority' -keyout authority.key -out authority.pem
for name in media.example other.example; do
  openssl req -x509 $ec -CA authority.pem -CAkey authority.key -subj "/CN=$name" \
    -addext "subjectAltName=DNS:$name" -addext basicConstraints=critical,CA:FALSE \
    -keyout "$name.key" -out "$name.pem"
done
rm authority.key
