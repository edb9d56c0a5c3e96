# SPDX-License-Identifier: MIT
# Names that make and the shell would split, and what make clean and make clean-results may remove.
# shellcheck shell=sh

# make_says STATUS SENTENCE ARGUMENT …: make in the sources exits so and says the sentence; * stands for anything.
make_says() {
  wanted=$1 sentence=$2
  shift 2
  (cd "$here/../.." && exec env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make --no-print-directory "$@") > out 2>&1
  status=$?
  # shellcheck disable=SC2254 # the sentence is a pattern
  case $status:$(head -n 1 out) in
  $wanted:$sentence) pass "make $*" ;;
  *)
    failure "make $* (exit $wanted and: $sentence)"
    sed 's/^/        /' out
    ;;
  esac
}

# ---- names --------------------------------------------------------------------------------------

mkdir thesis thesis/figures && : > thesis/chapter.tex
touch "$PWD/of" blanks
for target in clean-results clean reproduce test figures; do
  for variable in RESULTS B DATASET PREFIX; do
    make_says 2 "*$variable=\"$PWD/thesis of blanks\": expected one name without blanks*" \
      "$target" "$variable=$PWD/thesis of blanks"
  done
done
for name in '' ' ' 'x ' "x'y" 'x"y' 'x$$y' 'x$y' 'x;y' 'x#y' 'x:y' 'x%y' 'x*' 'x,y' 'x\y' '-x' 'x	y' '$$(touch here)' '$(shell touch here)'; do
  make_says 2 "*RESULTS=\"*\": expected one name*" clean-results "RESULTS=$name"
  make_says 2 "*B=\"*\": expected one name*" clean "B=$name"
done
ok "refused names remove nothing and make nothing" sh -c \
  'test -e thesis/chapter.tex && test -d thesis/figures && test -e of && test -e blanks && test ! -e here'
ok "nor in the sources" test ! -e "$here/../../here"

# ---- directories of results ------------------------------------------------------------------------

clean="$here/../../scripts/clean"
a_study() { # DIR: as a study leaves it
  mkdir -p "$1/runs/cnn-seed0" "$1/figures" "$1/tables" "$1/commands" &&
    "$clean" --mark results "$1" && : > "$1/report.html" && : > "$1/figures/fig1.svg" && : > "$1/tables/table1.md" &&
    : > "$1/commands/cnn-seed0" && : > "$1/runs/cnn-seed0/run.json" && : > "$1/journal.log"
}
kept() { # DIR FILE SENTENCE: clean-results refuses DIR, and FILE is still there
  make_says 2 "clean: $3" clean-results "RESULTS=$PWD/$1"
  ok "$1: $2 is still there" test -e "$1/$2"
}
a_study study
make_says 0 "*" clean-results "RESULTS=$PWD/study"
ok "a study's directory is removed" test ! -e study
make_says 0 "*" clean-results "RESULTS=$PWD/study"
kept thesis chapter.tex "*/thesis: greenmile has not made it*"
for foreign in notes.txt .hidden runs/notes.txt runs/cnn-seed0/chapter.tex figures/photo.jpg mine/run.json \
  tables/table.xlsx commands.txt; do
  a_study mixed && mkdir -p "mixed/$(dirname $foreign)" && : > "mixed/$foreign"
  kept mixed $foreign "*/mixed: has \"$foreign\" in it, which is not the study's*"
  ok "mixed: the study is whole" test -e mixed/runs/cnn-seed0/run.json
  rm -r mixed
done
a_study mixed && mkdir mixed/empty
kept mixed empty "*/mixed: has \"empty\" in it*"
a_study linked && ln -s linked link
make_says 0 "*" clean-results "RESULTS=$PWD/link"
ok "a link goes with what it names" sh -c 'test ! -e linked && test ! -L link'

ok "the home is never removed" sh -c '
  mkdir home && "$1" --mark results home && HOME=$PWD/home && export HOME &&
  ! "$1" results home 2> err && grep -q "expected a directory of its own" err && test -e home/.greenmile-study' - "$clean"
ok "nor the root" sh -c '! "$1" results / 2> err && grep -q "expected a directory of its own" err' - "$clean"
ok "nor what holds the sources" sh -c '! "$1" --mark results "$2/../.." 2> err && grep -q "holds the sources" err' - \
  "$clean" "$here"

ok "no study in a directory with something else in it" sh -c \
  '! "$1" --mark results thesis 2> err && grep -q "has \"chapter.tex\" in it" err && test ! -e thesis/.greenmile-study' - "$clean"

# ---- builds --------------------------------------------------------------------------------------------

make_says 2 "clean: */thesis: greenmile has not made it*" clean "B=$PWD/thesis"
make_says 2 "clean: */thesis: has \"*\" in it, which is not greenmile's*" "B=$PWD/thesis" "$PWD/thesis/flags"
ok "a build goes nowhere else either" contains thesis chapter.tex figures
ok "a build's directory is made and removed" sh -c \
  '"$1" --mark build built && mkdir built/anything && "$1" build built && test ! -e built' - "$clean"
rm -r thesis mixed home of blanks
