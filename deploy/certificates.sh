#!/bin/sh
# Makes, once, the certificates by which web and api know PostgreSQL and Redis.
set -eu
cd "$1"
if [ -f ca.crt ]; then exit 0; fi

days=3650
umask 077
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days "$days" \
  -subj "/CN=sallyport" -keyout ca.key -out ca.pem
for server in postgres redis; do
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$server" \
    -addext "subjectAltName=DNS:$server" -keyout "$server.key" -out "$server.csr"
  openssl x509 -req -in "$server.csr" -CA ca.pem -CAkey ca.key -days "$days" \
    -copy_extensions copy -out "$server.crt"
  # The user of both images.
  chown 999:999 "$server.key"
done
chmod 644 ./*.crt ca.pem
# Nobody signs with it again.
rm -f ca.key ./*.csr ./*.srl
# Last, because it says that all is done.
mv ca.pem ca.crt
