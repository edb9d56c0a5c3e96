# SPDX-License-Identifier: MIT
# No password in a result, a message or the process list; no file that everybody may write.

# The server's answer does not matter: what is looked at is what the programs say.
secret=geheim7
absent() { ! grep -rq "$secret" "$@"; }

refused 1 'redis://127.0.0.1:1: cannot connect: *' \
  tune --journal redis://:$secret@127.0.0.1:1 --out secret
ok "a refused URL is shown without its password" sh -c "tune --journal redis://u:$secret@h:port 2> err; ! grep -q $secret err && grep -q 'u:\*' err"
ok "so is an unknown option" sh -c "tune --journa=redis://:$secret@h 2> err; ! grep -q $secret err"
ok "and one of another program" sh -c "cnn --csv redis://:$secret@h 2> err; ! grep -q $secret err"
printf 'redis://:%s@127.0.0.1:1\n' $secret > where
refused 1 'redis://127.0.0.1:1: cannot connect: *' tune --journal @where --out secret
refused 2 '--journal @nowhere: cannot open it: *' tune --journal @nowhere --out secret
: > empty
refused 2 "--journal @empty: expected the journal's file or URL in its first line" tune --journal @empty --out secret

# A server with a password, where there is one: the study, its record, and what ps shows meanwhile.
if command -v redis-server > /dev/null && ! tune --journal redis://127.0.0.1:1 --best 2>&1 | grep -q 'has no Redis'; then
  port=$((20000 + $$ % 20000))
  redis-server --port $port --bind 127.0.0.1 --save '' --requirepass $secret > redis.out 2>&1 &
  server=$!
  brief="--trials 2 --epochs 1 --arch flatten,dense:1 --pruner none"
  waited=0
  until tune --journal redis://:$secret@127.0.0.1:$port --best 2>&1 | grep -q "no study" || [ $waited -eq 100 ]; do
    sleep 0.1
    waited=$((waited + 1))
  done
  ok "a search with a password in the URL" tune $brief --journal redis://:$secret@127.0.0.1:$port --out in_url
  ok "with it in the environment" env REDIS_PASSWORD=$secret tune $brief --journal redis://127.0.0.1:$port --study b --out in_env
  printf 'redis://:%s@127.0.0.1:%s\n' $secret $port > where
  ok "with it in a file" tune $brief --journal @where --study c --out in_file
  ok "no result has it" absent in_url in_env in_file
  ok "the record says where the journal is" grep -q "\"journal\": \"redis://:\*\*\*@127.0.0.1:$port\"" in_file/run.json
  tune --trials 100000 --epochs 1000 --journal redis://:$secret@127.0.0.1:$port --study d --out in_ps 2> err &
  pid=$!
  until_true [ -e in_ps ]
  ok "the process list shows asterisks" sh -c "tr '\0' ' ' < /proc/$pid/cmdline | grep -q 'redis://:\*\*\*\*\*\*\*@'"
  kill $pid
  wait $pid
  kill $server
  wait $server
fi

# track records the command line, without what looks like a secret, or not at all
track --quiet --record r.json -- true --password=$secret --token $secret https://u:$secret@h/ plain 2> err
ok "track masks secrets in the record" sh -c "! grep -q $secret r.json && grep -q plain r.json && test \"\$(grep -c '\*\*\*' r.json)\" -eq 3"
ok "and says how many" equal "$(member r.json argv_secrets_masked)" 3
track --quiet --no-argv --record r.json -- true plain 2> err
ok "or leaves the command line out" sh -c "! grep -q plain r.json && grep -q '\"argv\": null' r.json"

# umask 0: what is shared with a group is; nobody else may write
(umask 0 && mkdir -p modes && cd modes && tune --trials 1 --epochs 1 --arch flatten,dense:1 --journal j.log --out deep/out 2> err &&
  track --quiet --output e.csv --record r.json --readings m.csv -- true 2> err)
ok "nothing is writable by everybody" sh -c 'test -e modes/j.log && test -e modes/m.csv && test -e modes/deep/out/run.json &&
  ! find modes/* ! -name err ! -type l -perm -o+w | grep .'
