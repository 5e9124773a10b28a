#!/usr/bin/env bash
# install.sh PYTHON VENV LOCK GPU: bring VENV into step with LOCK; silent when it is already.
# The stamp holds what was installed: a copy of the lock and the interpreter's version.
set -euo pipefail
python=$1 venv=$2 lock=$3 gpu=$4

fail() { echo "symlens: $1" >&2; exit 1; }
command -v "$python" >/dev/null || fail "no $python found; name one, e.g. PYTHON=python3.12 make run"
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
case $version in
  3.11 | 3.12 | 3.13) ;;
  *) fail "Python 3.11 to 3.13 is needed, $python is $version; name another: PYTHON=python3.12 make run" ;;
esac

wanted() { echo "python $version"; cat "$lock" pyproject.toml; }
if [ -x "$venv/bin/python" ] && wanted | cmp -s - "$venv/installed"; then exit 0; fi

echo "symlens: setting up $venv from $lock (once; about half a minute and 2.5 GB)"
rm -f "$venv/installed"
if [ "$("$venv/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" != "$version" ]; then
  "$python" -m venv --clear "$venv"
fi
# Bytecode is compiled here, once, whatever PYTHONDONTWRITEBYTECODE says: without it every job
# would compile TensorFlow again.
unset PYTHONDONTWRITEBYTECODE PYTHONPATH
uv_pin=$(mktemp "$venv/uv.XXXXXX")
trap 'rm -f "$uv_pin"' EXIT
awk '/^uv==/ { found = 1 } found { print } found && !/\\$/ { exit }' "$lock" >"$uv_pin"
# An environment made by another tool, or synchronised before, may hold no pip.
"$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$venv/bin/python" -m ensurepip >/dev/null
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
  --requirement "$uv_pin"
export VIRTUAL_ENV=$PWD/$venv UV_PYTHON_DOWNLOADS=never
"$venv/bin/uv" pip sync --quiet --require-hashes --compile-bytecode "$lock"
"$venv/bin/uv" pip install --quiet --no-deps --no-build-isolation --editable .
if [ "$gpu" = 1 ]; then touch "$venv/gpu"; else rm -f "$venv/gpu"; fi
wanted >"$venv/installed"
