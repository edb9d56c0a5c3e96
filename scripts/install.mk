# SPDX-License-Identifier: MIT
# Part of the Makefile: `make install`.
# ---- the energy library on its own: static, shared, installed ---------------------

PREFIX ?= /usr/local
$(foreach name,PREFIX $(if $(DESTDIR),DESTDIR),$(if $(call unfit,$(name)),$(error $(misnamed))))
soname := libgreenmile-energy.so.0
library_a := $(B)/libgreenmile-energy.a
library_so := $(B)/libgreenmile-energy.so.$(version)
# The installed headers are those that the umbrella header includes, and what those include.
library_headers := common/status.h $(sort $(shell sed -n 's/^#include "\(energy\/[^"]*\)"/\1/p' energy/greenmile-energy.h))
library_objects := $(patsubst $(B)/%,$(B)/pic/%,$(call objects_of,energy) \
  $(filter-out $(B)/common/interrupt.o,$(call objects_of,common)))# that one is for programs

$(B)/pic/%.o: %.c $(B)/flags | dependencies
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(cflags) $(CPPFLAGS) $(CFLAGS) -fPIC -c -o $@ $<
$(B)/pic/%.csv.o: $(B)/%.csv.c $(B)/flags
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(cflags) $(CFLAGS) -fPIC -c -o $@ $<
$(B)/pic/common/options.o: $(B)/version.h
$(library_a): $(library_objects)
	@rm -f $@
	$(call quiet,AR)$(AR) rcs $@ $^
$(library_so): $(library_objects) energy/greenmile-energy.map
	$(call quiet,CC)$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(soname) -Wl,--version-script=energy/greenmile-energy.map \
	  -Wl,-z,defs -Wl,--as-needed -o $@ $(library_objects) $(shell pkg-config --libs json-c 2>/dev/null) -lcsv -ldl -lm -lpthread

installed := $(DESTDIR)$(PREFIX)
.PHONY: install
install: $(B)/bin/track $(library_a) $(library_so)
	install -d $(addprefix $(installed)/,bin lib/pkgconfig include/greenmile share/man/man1 share/man/man3)
	install $(B)/bin/track $(installed)/bin
	install -m 644 $(library_a) $(installed)/lib
	install $(library_so) $(installed)/lib
	ln -sf $(notdir $(library_so)) $(installed)/lib/$(soname)
	ln -sf $(soname) $(installed)/lib/libgreenmile-energy.so
	for header in $(library_headers); do install -D -m 644 $$header $(installed)/include/greenmile/$$header || exit 1; done
	install -m 644 energy/greenmile-energy.h $(installed)/include/greenmile
	sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(version)|' energy/greenmile-energy.pc.in > $(installed)/lib/pkgconfig/greenmile-energy.pc
	install -m 644 docs/man/track.1 $(installed)/share/man/man1
	install -m 644 docs/man/greenmile-energy.3 $(installed)/share/man/man3
$(B)/tests/test_install: | $(library_a) $(library_so)
$(B)/tests/test_track: | $(B)/bin/track
