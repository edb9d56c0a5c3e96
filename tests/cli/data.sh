# SPDX-License-Identifier: MIT
# Any CSV as data: what is read, and files that are refused with file and line.
# shellcheck shell=sh

# Ten years of months with a season, a trend and some scatter from whole-number arithmetic.
awk 'BEGIN {
  print "month,sst,soi"
  for (i = 0; i < 120; i++)
    printf "%d-%02d,%.3f,%.1f\n", 2000 + int(i / 12), i % 12 + 1, 20 + 3 * sin(i * 0.5236) + i / 100 + i * 7919 % 13 / 10, i % 7 - 3
}' > good.csv
splits="--train 2001-01:2004-12 --validation 2005-01:2006-12 --test 2007-01:"
fast="--batch-seconds 0.001 --out run"
read_file="linear_regression $fast $splits --date-column month --target sst"

# shellcheck disable=SC2086 # lists of options
with() { # SENTENCE FILE: exit 2 for this file
  refused 2 "$1" $read_file --csv "$2"
}

# shellcheck disable=SC2086
{
  runs $read_file --csv good.csv
  ok "predictions.csv has the months of the file" sh -c \
    'test "$(sed -n 2p run/predictions.csv | cut -d, -f1,2)" = validation,2005-02 &&
     test "$(tail -n 1 run/predictions.csv | cut -d, -f1,2)" = test,2009-12 &&
     test "$(grep -c "^validation," run/predictions.csv)" = 24 && test "$(grep -c "^test," run/predictions.csv)" = 35'
  ok "the truth is the file's" near "$(sed -n 's/^validation,2005-02,\(.*\),.*/\1/p' run/predictions.csv)" \
    "$(sed -n 's/^2005-02,\(.*\),.*/\1/p' good.csv)" 0

  # Fahrenheit stays Fahrenheit: nothing is converted, and nothing says anything else.
  sed '1s/sst/sst (degF)/' good.csv > fahrenheit.csv
  runs linear_regression $fast $splits --csv fahrenheit.csv --target "sst (degF)" --out fahrenheit
  ok "degF is the unit on the terminal" grep -q "RMSE validation .* °F (persistence" err
  ok "and in run.json, with the file's own numbers" sh -c 'grep -q "\"unit\": \"°F\"" fahrenheit/run.json &&
    ! grep -q "°C" fahrenheit/run.json && cmp fahrenheit/predictions.csv run/predictions.csv'
  ok "and in the model's file" grep -q '"unit": "°F"' fahrenheit/linear.json

  # The same numbers as a Windows program writes them, with a comment and blank lines.
  { printf '\357\273\277# from a spreadsheet\r\n\r\n'; sed 's/$/\r/' good.csv; } > windows.csv
  cp run/predictions.csv expected.csv
  runs $read_file --csv windows.csv
  ok "byte order mark, CRLF, comments and blank lines change nothing" same run/predictions.csv expected.csv

  # A column that is the next month's target, and a training period behind the test.
  awk -F, 'NR == 1 { print $0 ",next"; next } { if (NR > 2) print line "," $2; line = $0 } END { print line "," }' good.csv > ahead.csv
  runs $read_file --csv ahead.csv --features sst,next
  ok "a column that holds what is to be forecast is warned of" grep -q 'Column "next" is "sst" of 1 month later' err
  runs linear_regression $fast --csv good.csv --target sst --train 2006-01: --validation 2003-01:2004-12 --test 2001-02:2002-12
  ok "training behind the test is warned of" grep -q "Training begins at 2006-02, after validation at 2003-02" err

  awk -F, -v OFS=, 'NR > 1 { $2 = 20 } { print }' good.csv > constant.csv
  runs $read_file --csv constant.csv
  ok "a target that never changes is warned of" grep -q "Every value of sst is 20: there is nothing to forecast" err

  runs $read_file --csv good.csv --features sst,soi
  ok "two channels are three parameters" equal "$(member run/run.json parameters)" 3
  cnn $small --epochs 2 --csv good.csv $splits --date-column month --target sst --features soi,sst --out cnn 2> err
  ok "a CNN takes two channels" equal "$(member cnn/run.json parameters)" 429

  awk -F, 'NR == 1 { print; next } { print NR - 1 "," $2 "," $3 }' good.csv > index.csv
  runs linear_regression $fast --csv index.csv --date-column month --target sst --train 13:60 --validation 61:84 --test 85:
  ok "plain numbers are dates" same_columns 3,4 run/predictions.csv expected.csv
  awk 'BEGIN { print "day,sst"; for (i = 1; i <= 31; i++) printf "2000-01-%02d,%d\n", i, i * 7919 % 13
    for (i = 1; i <= 29; i++) printf "2000-02-%02d,%d\n", i, i * 104729 % 11 }' > daily.csv
  runs linear_regression $fast --csv daily.csv --date-column day --target sst \
    --train 2000-01-15:2000-02-01 --validation 2000-02-02:2000-02-14 --test 2000-02-15:
  ok "days are dates, in a leap year too" sh -c 'tail -n 1 run/predictions.csv | grep -q "^test,2000-02-29,"'

  rm -rf run
  refused 2 '--dataset: expected nino12, got "enso"; for a file use --csv' linear_regression --dataset enso
  refused 2 '--dataset, --csv and --sst: expected one of them' linear_regression --dataset nino12 --csv good.csv
  refused 2 'good.csv: which column is to be forecast? --target sst, soi' linear_regression --csv good.csv
  refused 2 '--date-column, --target, --features, --layout and --missing describe a file: expected --csv FILE' \
    linear_regression --target sst
  refused 2 '--train FROM:TO: needed with --csv' linear_regression --csv good.csv --date-column month --target sst
  refused 2 'good.csv: no column "SST"; it has month, sst, soi' $read_file --csv good.csv --target SST
  refused 2 'good.csv: no column "nao"; it has month, sst, soi' $read_file --csv good.csv --features sst,nao
  refused 2 'features: expected column names separated by commas, got "sst,"' $read_file --csv good.csv --features sst,
  refused 2 'good.csv: no column "date"; it has month, sst, soi' $read_file --csv good.csv --date-column date
  refused 2 'good.csv: the train period 1990-01:1990-12 has no sample; last input dates can be 2000-12 to 2009-11' \
    $read_file --csv good.csv --train 1990-01:1990-12
  refused 2 'good.csv: the test period 2009-12: has no sample*' $read_file --csv good.csv --test 2009-12:
  refused 2 'train: expected two dates "YYYY-MM:YYYY-MM" (or an open end "YYYY-MM:"), got "2001:2004"' \
    $read_file --csv good.csv --train 2001:2004
  refused 2 'train: "2004-12:2001-01" ends before it begins' $read_file --csv good.csv --train 2004-12:2001-01
  refused 2 'the train period 2001-01:2005-06 and the validation period 2005-01:2006-12 overlap' \
    $read_file --csv good.csv --train 2001-01:2005-06
  refused 2 'good.csv: a window of 12 months and a lead of 200 are longer than the series of 120 rows' \
    $read_file --csv good.csv --lead 200
  refused 2 'nino12: base period 1900:1910 is not inside the series, which runs from 1950-01 to 2010-12' \
    linear_regression --base-period 1900:1910
  refused 2 'base period: expected first and last year "Y:Y" or "none", got "1950"' linear_regression --base-period 1950
}

head -n 11 good.csv > short.csv
with 'short.csv: a window of 12 months and a lead of 1 are longer than the series of 10 rows' short.csv
sed 5d good.csv > gap.csv
with 'gap.csv:5: a gap, expected 2000-04 but got 2000-05' gap.csv
sed 5p good.csv > duplicate.csv
with 'duplicate.csv:6: date 2000-04 occurs twice' duplicate.csv
sed '6{
p
s/2000-05/2000-03/
}' good.csv > unordered.csv
with 'unordered.csv:7: date 2000-03 comes after 2000-05; the rows must be in ascending order' unordered.csv
for value in n.a. 1e999 inf 0x10 '1;5' '***'; do
  sed "7s|,[0-9.]*,|,$value,|" good.csv > number.csv
  with "number.csv:7: expected a finite number in column \"sst\", got \"$value\"*" number.csv
done
sed '7s/,[^,]*$//' good.csv > few.csv
with 'few.csv:7: 2 fields where the header line has 3' few.csv
sed '7s/$/,9/' good.csv > many.csv
with 'many.csv:7: more than the 3 fields of the header line' many.csv
sed '7s/2000-06/midsummer/' good.csv > date.csv
with 'date.csv:7: expected a date YYYY, YYYY-MM or YYYY-MM-DD in column "month", got "midsummer"' date.csv
sed '7s/2000-06/2000-13/' good.csv > date.csv
with 'date.csv:7: expected a date*got "2000-13"' date.csv
sed '7s/2000-06/2000-06-01/' good.csv > date.csv
with 'date.csv:7: date "2000-06-01" is not of the form YYYY-MM of the rows before it' date.csv
sed '7s/2000-06/"2000-06/' good.csv > quote.csv
with 'quote.csv:7: quotation mark never closed' quote.csv
sed '1s/soi/sst/' good.csv > twice.csv
with 'twice.csv: the header line has the column "sst" more than once; call it by its number (2, 3, …)' twice.csv
: > empty.csv
with 'empty.csv: empty*' empty.csv
head -n 1 good.csv > header.csv
with 'header.csv: a header line but no rows' header.csv
with 'missing.csv: cannot open it: No such file or directory' missing.csv
with '.: cannot read it: Is a directory' .
for mark in -99.99 -999 999.9 1e20; do
  sed "7s|,[0-9.]*,|,$mark,|" good.csv > mark.csv
  with "mark.csv:7: $mark in column \"sst\" is a known mark of missing values beyond all others (*): --missing $mark leaves it out, --missing none takes it as data" mark.csv
done
ok "refused data leave no run directory" test ! -e run

# shellcheck disable=SC2086
{
  # A missing value takes 12 windows and one target with it, and that is said.
  sed '50s|,[0-9.]*,|,,|' good.csv > hole.csv
  runs $read_file --csv hole.csv
  ok "samples that need a missing value are left out" grep -q '"n_train": 35,' run/run.json
  ok "and that is said" grep -q 'warning: hole.csv: 1 of the 120 values of "sst" are missing, the first in line 50 (2004-01)' err
  runs $read_file --csv mark.csv --missing 1e20
  ok "a mark that is named is missing" grep -q '"n_train": 43,' run/run.json

  runs $read_file --csv good.csv --missing -99.9
  ok "a mark that no value has is told" grep -q 'warning: --missing -99.9: no value that is read is it[.]' err
  runs $read_file --csv good.csv --missing none
  ok "none is no mark" sh -c '! grep -q "warning: --missing" err'

  # What no value alone shows.
  awk -F, -v OFS=, 'NR > 100 { $2 = kept } NR > 1 { kept = $2 } { print }' good.csv > filled.csv
  runs $read_file --csv filled.csv
  ok "a column filled up with its last value is told" grep -q \
    'warning: filled.csv:101: 21 values of "sst" in a row, from 2008-04 on, are the one before once more' err
  awk -F, -v OFS=, 'NR > 90 { $2 = $2 * 1.8 + 32 } { print }' good.csv > switched.csv
  runs $read_file --csv switched.csv
  ok "and so are other units from some month on" grep -q 'warning: switched.csv:91: from 2007-06 on "sst" is .*: have the units changed?' err
  ok "in run.json too" grep -q 'have the units changed?' run/run.json
  awk -F, -v OFS=, 'NR > 31 && NR <= 60 { $2 = $2 * 1.8 + 32 } { print }' good.csv > visit.csv
  runs $read_file --csv visit.csv
  ok "and other units for some months" grep -q 'visit.csv:32: from 2002-07 on 29 values of "sst" are .*: are they in other units?' err
  awk -F, -v OFS=, 'NR > 1 && NR % 2 { $2 = $2 + 273.15 } { print }' good.csv > mixed.csv
  runs $read_file --csv mixed.csv
  ok "and every other month" grep -q 'mixed.csv:3: from 2000-02 on 60 values of "sst" are .*: are they in other units?' err

  # The same numbers as agencies publish them.
  tr , ';' < good.csv > semicolons.csv
  sed '1d; s/,/ /g; s/-/ /' good.csv > blanks.txt
  sed '1!s/,/-01,/' good.csv > start.csv
  sed '1!s/-//' good.csv > yyyymm.csv
  runs linear_regression $fast $splits --csv semicolons.csv --target sst
  ok "semicolons" same run/predictions.csv expected.csv
  runs linear_regression $fast $splits --csv blanks.txt --date-column 1,2 --target 3
  ok "blanks, no header, year and month in two columns" same run/predictions.csv expected.csv
  ok "what was found is said" grep -q 'blanks.txt: monthly, year and month in two columns, 120 rows, 2000-01 to 2009-12; columns separated by blanks; no header line' err
  runs linear_regression $fast $splits --csv start.csv --target sst
  ok "dates at month start" same run/predictions.csv expected.csv
  runs linear_regression $fast $splits --csv yyyymm.csv --target sst
  ok "YYYYMM" same run/predictions.csv expected.csv
  awk -F, 'NR > 1 { printf "%s %s", (NR - 2) % 12 ? "" : (NR == 2 ? "" : "\n") substr($1, 1, 4), $2 } END { print "\n -99.99\n a title" }' good.csv > psl.data
  runs linear_regression $fast $splits --csv psl.data
  ok "rows of a year and twelve months" same run/predictions.csv expected.csv
  sed '1s/sst/"sst, deg C"/' good.csv > comma.csv
  runs linear_regression $fast $splits --csv comma.csv --target 'sst, deg C'
  ok "a name with a comma" same run/predictions.csv expected.csv
  runs linear_regression $fast $splits --csv comma.csv --target 2 --features '"sst, deg C",soi'
  ok "in a list too, and a number is a name" equal "$(member run/run.json parameters)" 3
  sed '1s/sst/sst (hPa)/' good.csv > unit.csv
  runs linear_regression $fast $splits --csv unit.csv --target 2
  ok "the unit is the heading's" grep -q '"unit": "hPa",' run/run.json
  refused 2 '--layout: expected words out of*got "sideways"' linear_regression --csv good.csv --target sst --layout sideways
  ok "--describe says what the data are" sh -c 'linear_regression --csv hole.csv --target sst --describe > out &&
    grep -q "^hole.csv: monthly, dates of months, 120 rows, 2000-01 to 2009-12$" out &&
    grep -q "^  sst: [0-9.]* to [0-9.]*, unit not known$" out && grep -q "1 of the 120 values" out'
}
