#!/bin/sh
# Installs OneCity from this bundle, without a network: sh install.sh [FOLDER], by custom /opt/onecity.
# PYTHON names another interpreter than python3.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-/opt/onecity}
python=${PYTHON:-python3}

(cd "$here" && sha256sum --check --quiet SHA256SUMS)
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (@PYTHON@))' \
|| { echo "This bundle is for Python @PYTHON@ (written major, minor). Name one with PYTHON=/path/to/it."; exit 4; }
"$python" -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --find-links "$here/wheels" \
    --require-hashes --requirement "$here/requirements.txt"
"$folder/bin/onecity" --version
