# SPDX-License-Identifier: MIT
# install-deps: what it refuses, and the newest peers in an environment of their own, with a pip that has no network.
# shellcheck shell=sh

PATH=$here/../../scripts:$PATH
refused 2 'expected nothing, --check, --peers ?DIR? or --machines, got "--all"' install-deps --all
refused 2 '--peers: expected a directory, got "--check"' install-deps --peers --check
mkdir mine && : > mine/thesis.txt
refused 2 'mine: expected a new name or a virtual environment of Python' install-deps --peers mine
ok "and leaves it as it is" equal "$(ls mine)" thesis.txt

# An environment whose Python has what is named in `has`, and whose pip gets everything but openvino.
mkdir -p venv/bin && : > venv/pyvenv.cfg && : > has && : > asked
cat > venv/bin/python << 'END'
#!/bin/sh
case $1:$2 in
-c:*find_spec*) name=${2#*find_spec(\'}; grep -qx "${name%%\'*}" has ;;
-m:pip)
  shift 3 # -m pip install
  for name; do
    echo "$name" >> asked
    case $name in
    --quiet) ;;
    openvino) echo "no openvino for this machine" >&2; exit 1 ;;
    scikit-learn) echo sklearn >> has ;;
    *) echo "$name" >> has ;;
    esac
  done ;;
esac
END
chmod +x venv/bin/python
ok "--peers DIR installs what there is" sh -c "install-deps --peers venv > out 2> err"
for name in numpy torch sklearn optuna jax optax pandas codecarbon; do
  ok "$name among it" grep -qx "$name" has
done
ok "and goes without what there is not" grep -q 'pip could not install openvino .*go without it' err
ok "and says how they are used" grep -q 'make bench PEERS=venv/bin/python' err
echo openvino >> has && : > asked
ok "a second time nothing is asked for" sh -c "install-deps --peers venv > out 2> err && [ ! -s asked ]"
sed -i '/^torch$/d' has && sed -i 's/openvino) echo/torch) echo/' venv/bin/python
refused 1 'installing from PyPI into venv: torch *no openvino for this machine*pip could not install torch (*' \
  install-deps --peers venv
