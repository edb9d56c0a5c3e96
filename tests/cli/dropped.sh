# SPDX-License-Identifier: MIT
# What a run says of samples that were left out.
# shellcheck shell=sh
series() { # COUNT MISSING: months from 1980-01, without a value in month number MISSING
  awk -v n="$1" -v missing="$2" 'BEGIN { print "month,t"; for (i = 0; i < n; i++)
    printf "%d-%02d,%s\n", 1980 + int(i / 12), i % 12 + 1, i == missing ? "" : sin(i) }'
}
series 240 100 > gap.csv
# Month 100 (1988-05) is in the window of 12 months of samples 100 to 111 and the target of sample 99.
ok "a month without a value" linear_regression --csv gap.csv --date-column month --target t --batch-seconds 0.01 \
  --train 1981-01:1989-12 --validation 1990-01:1994-12 --test 1995-01: --out gap
ok "costs the 13 samples that would need it" grep -q '"samples_dropped": 13$' gap/run.json
