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

  # Figures 5 and 6 of two models: gnuplot says nothing of what is not there.
  drawn_silently() { # BUSY ENERGY [FRONT]: 1 or 0; kg or nothing; a line of fig6_front.csv for each split
    mkdir -p front
    printf '%s\n' "protocol,quantity,unit,lead,n_seeds,meter,energy_kwh,emissions_kg,emissions_low_kg,emissions_high_kg" \
      "quick,Anomaly,°C,1,1,modelled,1e-4,8e-5,3e-5,2e-4" > front/study.csv
    echo "model,name,split,emissions_kg,emissions_low_kg,emissions_high_kg,rmse,rmse_low,rmse_high,machine_busy" > front/fig5_models.csv
    echo "split,model,emissions_kg,rmse" > front/fig6_front.csv
    for split in validation test; do
      printf '%s\n' "persistence,Persistence,$split,,,,0.5,0.46,0.54,0" "linear_regression,Linear Regression,$split,$2,$2,$2,0.48,0.48,0.48,$1" \
        "cnn,CNN,$split,$2,$2,$2,0.47,0.43,0.51,$1" >> front/fig5_models.csv
      [ -z "${3:-}" ] || echo "$split,cnn,$2,0.47" >> front/fig6_front.csv
    done
    for figure in fig5 fig6; do
      (cd "$here/../.." && scripts/figures/draw "$OLDPWD/front" "$OLDPWD/front" "$OLDPWD/front/$figure.svg") > out 2>&1 &&
        equal "$(cat out)" "" && grep -q Persistence front/$figure.svg || return 1
    done
  }
  ok "a front is drawn" drawn_silently 0 2e-6 front
  ok "no front, since every run was busy" drawn_silently 1 2e-6
  ok "no front, since no emissions are known" drawn_silently 0 ""
fi
