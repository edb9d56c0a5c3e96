# SPDX-License-Identifier: MIT
# scripts/fresh-machine with tools that only pretend: what a signal leaves behind. Needs no root and no network.
# shellcheck shell=sh

pretend() { { echo '#!/bin/sh'; cat; } > "tools/$1" && chmod +x "tools/$1"; } # NAME: the tool is standard input
mkdir -p tools "kept/greenmile/machines/debian13/etc/apt/apt.conf.d" kept/greenmile/machines/debian13/etc/dpkg/dpkg.cfg.d
echo 'echo 0' | pretend id
for tool in apt-get apt-config debootstrap flock git mount python3; do echo : | pretend $tool; done
# As the real one, it lets signals pass and ends when it is killed.
echo "trap '' INT TERM; echo \$\$ > '$PWD/job.new'; mv '$PWD/job.new' '$PWD/job'; exec sleep 600" | pretend unshare

gone() { ! kill -0 "$1" 2> err; }
stopped_by() { # SIGNAL STATUS [SUITE]: what runs is ended, what is half-made removed
  rm -f job
  # under nohup a shell could not trap SIGHUP
  PATH="$PWD/tools:$PATH" XDG_CACHE_HOME=$PWD/kept env --default-signal=HUP "$here/../../scripts/fresh-machine" "${3:-debian13}" true &
  script=$!
  until_true test -s job || return 1
  kill -"$1" $script
  wait $script
  equal $? "$2" && until_true gone "$(cat job)" && ls kept/greenmile/machines > left &&
    equal "$(grep -vE '\.(lock|log|packages)$' left)" debian13
}
ok "fresh-machine, told to end, ends what it runs and removes the machine" stopped_by TERM 143
ok "fresh-machine, hung up" stopped_by HUP 129
ok "fresh-machine, told to end while it makes a system" stopped_by TERM 143 debian12
rm -rf tools kept job left
