# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# The figures' style: contrast of every colour, and that labels moved apart stay in order and inside.
# Sourced by tests/cli/run.

if command -v python3 > /dev/null; then
  ok "every colour has the contrast it needs" python3 "$here/../../scripts/check-contrast"
  mkdir -p t/experiments/report t/scripts/figures
  cp "$here/../../experiments/report/style.css" t/experiments/report
  sed 's/^sky = "#[0-9a-f]*"/sky = "#56b4e9"/' "$here/../../scripts/figures/style.gp" > t/scripts/figures/style.gp
  python3 "$here/../../scripts/check-contrast" t > out 2> err
  ok "a colour that is too light is found" equal "$? $(grep -c 'sky .* 2.3 too low' out)" "1 1"
fi

# apart VALUES GAP LOW HIGH: where scripts/figures/spread.gp puts labels at these places.
apart() {
  {
    echo "n_labels = $(echo "$1" | wc -w); label_gap = $2; label_low = $3; label_high = $4; array label_at[8]"
    i=0
    for value in $1; do
      i=$((i + 1))
      echo "label_at[$i] = $value"
    done
    echo "load '$here/../../scripts/figures/spread.gp'"
    echo "set print '-'"
    echo "do for [i = 1:n_labels] { print sprintf('%.3f', label_place[i]) }"
  } > apart.gp
  gnuplot apart.gp 2>&1
}
if command -v gnuplot > /dev/null; then
  ok "labels far apart stay" equal "$(apart "1 5 3" 1 0 10 | xargs)" "1.000 5.000 3.000"
  ok "labels on one another move apart around their place" equal "$(apart "5 5 5" 1 0 10 | xargs)" "4.000 5.000 6.000"
  ok "and stay inside, above" equal "$(apart "9.9 9.8" 1 0 10 | xargs)" "10.000 9.000"
  ok "and below" equal "$(apart "0.1 0" 1 0 10 | xargs)" "1.000 0.000"
  ok "what is not there has no place" equal "$(apart "NaN 2" 1 0 10 | xargs)" "nan 2.000"
fi
