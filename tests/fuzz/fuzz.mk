# SPDX-License-Identifier: MIT
# make fuzz: every reader of files that others wrote, under libFuzzer with AddressSanitizer and UBSan, for
# FUZZ_SECONDS each (clang and its compiler-rt; Debian: clang, libclang-rt-14-dev). The inputs found live in
# B/corpus/NAME and are where the next call goes on; a crash leaves its input beside them and stops.

FUZZ_SECONDS ?= 60
FUZZ_CC ?= clang
F_B := $(B)/fuzz
fuzzers := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
.PHONY: fuzz
fuzz:
	@$(MAKE) --no-print-directory B=$(F_B) CC=$(FUZZ_CC) \
	  CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' $(fuzzers:%=$(F_B)/bin/fuzz_%)
	@mkdir -p $(fuzzers:%=$(B)/corpus/%) # files that are in the tree begin the corpora
	@cp -n datasets/nino12.csv $(B)/corpus/series/; cp -n tests/fixtures/*.safetensors $(B)/corpus/safetensors/; \
	  cp -n tests/fixtures/journal_example.log $(B)/corpus/journal/
	@for name in $(fuzzers); do echo "--- $$name" && \
	  $(F_B)/bin/fuzz_$$name -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
	    -artifact_prefix=$(B)/corpus/$$name- $(B)/corpus/$$name || exit 1; \
	  echo "$$(ls $(B)/corpus/$$name | wc -l) inputs kept"; done

$(B)/bin/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(archives)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CFLAGS) -fsanitize=fuzzer -o $@ $^ $(ldlibs)
