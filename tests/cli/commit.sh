# SPDX-License-Identifier: MIT
# scripts/commit: which commit the sources are, from a checkout, a tarball, and where git does not answer.
# shellcheck shell=sh

hash=0123456789abcdef0123456789abcdef01234567
sources() { # DIR [HASH]: the script alone, as git archive leaves it when HASH is given
  mkdir -p "$1/scripts" && cp "$here/../../scripts/commit" "$1/scripts/commit" &&
    { [ -z "${2:-}" ] || sed -i "s/^archived=.*/archived='$2'/" "$1/scripts/commit"; }
}
mkdir deaf && printf '#!/bin/sh\nexit 128\n' > deaf/git && chmod +x deaf/git # as of a checkout that is somebody else's
says() { equal "$(PATH="$PWD/deaf:$PATH" "$1/scripts/commit")" "$2"; }

sources tarball $hash
ok "a tarball knows its commit" says tarball 0123456789ab
sources nowhere "\$Format:%H\$"
ok "files of nowhere do not" says nowhere unknown
sources checkout "\$Format:%H\$"
mkdir -p checkout/.git/refs/heads && echo 'ref: refs/heads/topic' > checkout/.git/HEAD
echo $hash > checkout/.git/refs/heads/topic
ok "a checkout that git will not look at" says checkout 0123456789ab-unchecked
rm checkout/.git/refs/heads/topic
printf '# pack-refs with: peeled\n%s refs/heads/topic\nffff refs/heads/other\n' $hash > checkout/.git/packed-refs
ok "with packed references" says checkout 0123456789ab-unchecked
echo $hash > checkout/.git/HEAD
ok "without a branch" says checkout 0123456789ab-unchecked
sources worktree "\$Format:%H\$"
mkdir -p checkout/.git/worktrees/w && echo "gitdir: $PWD/checkout/.git/worktrees/w" > worktree/.git
echo 'ref: refs/heads/topic' > checkout/.git/worktrees/w/HEAD && echo ../.. > checkout/.git/worktrees/w/commondir
ok "a work tree" says worktree 0123456789ab-unchecked
if git init -q thesis 2> err; then
  sources thesis/greenmile $hash
  ok "a tarball inside somebody's repository is not that repository's commit" \
    equal "$(thesis/greenmile/scripts/commit)" 0123456789ab
fi
ok "every --version says what scripts/commit says, or what it said when it was built" sh -c '
  cnn --version | grep -Eqx "cnn \(greenmile\) [0-9.]+, commit ([0-9a-f]{7,40}(-dirty|-unchecked)?|unknown)"'
rm -rf deaf tarball nowhere checkout worktree thesis
