#!/bin/sh
# Print a Python that can make our environment: 3.11 or newer, with venv. `PYTHON=...` is tried first.
# With an argument such as 3.12, that version only.
wanted=${1:-}

fits() {
    "$1" - "$wanted" 2>/dev/null <<'CHECK'
import ensurepip, sys, venv
wanted = sys.argv[1]
exact = not wanted or wanted == "%d.%d" % sys.version_info[:2]
sys.exit(0 if exact and sys.version_info >= (3, 11) else 1)
CHECK
}

pyenv=${PYENV_ROOT:-$HOME/.pyenv}
for python in ${PYTHON:-} ${wanted:+"python$wanted"} python3.12 python3.11 python3.13 python3 python3.14 python \
    "$pyenv"/versions/"$wanted"*/bin/python3; do
    if fits "$python"; then
        echo "$python"
        exit 0
    fi
done
echo "No Python ${wanted:-3.11 or newer} with venv was found. Install one (on Debian also python3-venv), or say PYTHON=/path/to/python." >&2
exit 1
