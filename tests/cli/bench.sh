# SPDX-License-Identifier: MIT
# bench: help, refusals, and a quick run of its smallest cases whose JSON says what it should.
# No time is looked at.
# shellcheck shell=sh

ok "bench --help" sh -c 'bench --help > out 2> err && [ ! -s err ] && grep -q "^Usage: bench \[options\]" out'
for option in json quick peers only threads; do
  bench --help | grep -q -e "^  --$option " || failure "bench --help has no --$option"
done
refused 2 '--only: "walk": expected floor, step, forecast*' bench --only tpe,walk
refused 2 '--threads: expected a whole number*got "two"' bench --threads two
refused 2 'scripts/peers/bench_peer.py: No such file or directory; expected the root of the tree*' \
  bench --peers python3 --quick --only forecast

ok "bench --quick" sh -c 'bench --quick --only forecast,tpe.100,regression.12 --peers none --json bench.json > bench.md 2> err'
ok "bench ends with what it timed, what that cost, with an interval, and where it is" sh -c \
  'tail -n 1 err | grep -Eq "^bench: [0-9]+ cases timed, too briefly to be results; [0-9.e+]+ m?J \([0-9.e+]+ m?J to [0-9.e+]+ k?m?J\) for all sides together, (measured|modelled), in .* s on [0-9]+ threads; in bench.json$"'
ok "its last words come after its tables" sh -c \
  'bench --quick --only forecast --peers none 2>&1 | tail -n 1 | grep -q "^bench: [0-9]* cases timed.*; in the tables above$"'
ok "bench JSON has the energy between its bounds" sh -c \
  'awk "BEGIN {exit !($1 > 0 && $1 <= $2 && $2 <= $3)}"' - "$(member bench.json energy_low_j)" \
  "$(member bench.json energy_j)" "$(member bench.json energy_high_j)"
ok "bench says that it was quick" grep -q '^\*\*Quick run' bench.md
for words in "- processor: " "- frequency governor: " "- compiler: " "BLAS: OpenBLAS" "- peers: none"; do
  ok "bench prints $words" grep -q -e "$words" bench.md
done
ok "bench JSON names its schema" equal "$(member bench.json schema)" greenmile-bench-1
for name in floor.single floor.double floor.network floor.large forecast.index tpe.100 regression.12.none; do
  ok "bench measures $name" grep -q "\"name\": \"$name\"" bench.json
done
# 192 samples of 12 numbers: n p min(n, p)
ok "bench: the operations of least squares" grep -q '"double_flops": 27648,' bench.json
ok "bench measures only what was asked for" sh -c '[ "$(grep -c "\"name\": " bench.json)" = 7 ]'
ok "bench refuses nothing silently: every ratio or a reason" sh -c \
  'grep "^| one forecast" bench.md | grep -Eq "too noisy to tell|floor disturbed|[0-9.]+ (memory|arithmetic) \("'

bench --quick --only forecast --peers none --json missing/bench.json > out 2> err
ok "bench: a file that cannot be written is not success" equal $? 1
ok "bench leaves no half-written file" test ! -e missing

# The peer's half, wherever there is a Python; its packages may be missing.
if command -v python3 > /dev/null; then
  peer=$here/../../scripts/peers/bench_peer.py
  printf '%s\n' '{"op": "prepare", "case": "nonsense"}' '{"op": "drop"}' | python3 "$peer" > replies 2> err
  ok "the peer greets, explains and goes on" sh -c \
    '[ "$(wc -l < replies)" -eq 3 ] && sed -n 1p replies | grep -q "\"versions\"" &&
     sed -n 2p replies | grep -q "\"error\"" && [ "$(sed -n 3p replies)" = "{}" ]'
  ok "bench runs with a peer" sh -c \
    "json=\$PWD/peer.json && cd '$here/../..' && bench --quick --only regression.12 --peers python3 --json \$json > /dev/null"
  ok "bench records the peer's versions" grep -q '"sklearn": ' peer.json
fi
