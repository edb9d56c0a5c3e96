# SPDX-License-Identifier: MIT
# Part of the Makefile: `make install`. A library is shipped on its own, static and shared, when its folder has an
# umbrella header NAME/greenmile-NAME.h (and beside it greenmile-NAME.pc.in; docs/man/greenmile-NAME.3): its headers
# are those the umbrella includes, and its symbols what those declare.

PREFIX ?= /usr/local
$(foreach name,PREFIX $(if $(DESTDIR),DESTDIR),$(if $(call unfit,$(name)),$(error $(misnamed))))
shipped := $(foreach header,$(wildcard */greenmile-*.h),$(patsubst %/,%,$(dir $(header))))

$(B)/pic/%.o: %.c $(B)/flags | dependencies
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(cflags) $(CPPFLAGS) $(CFLAGS) -fPIC -c -o $@ $<
$(B)/pic/%.csv.o: $(B)/%.csv.c $(B)/flags
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(cflags) $(CFLAGS) -fPIC -c -o $@ $<
$(B)/pic/common/options.o: $(B)/version.h

# Of library $(1): the headers to install, but for the umbrella; the functions they declare, static inline ones left out.
headers_of = $(filter-out $(1)/greenmile-$(1).h %:,$(filter %.h,$(shell $(CC) -std=c11 -D_GNU_SOURCE -I. -MM $(1)/greenmile-$(1).h)))
declared_in = $(CC) -std=c11 -D_GNU_SOURCE -I. -E -P $(1)/greenmile-$(1).h | sed '/^static /d' | \
  grep -o '\bgm_[a-z0-9_]*(' | tr -d '(' | sort -u

# Of common: what is for programs, and what a library has no use for (functions with several versions bring libgcc's
# notes of the processor along, which are writable).
left_out := interrupt
left_out_energy := rng

define library
objects_$(1) := $$(patsubst $$(B)/%,$$(B)/pic/%,$$(call objects_of,$(1)) \
  $$(filter-out $$(left_out:%=$$(B)/common/%.o) $$(left_out_$(1):%=$$(B)/common/%.o),$$(call objects_of,common)))
$$(B)/libgreenmile-$(1).a: $$(objects_$(1))
	@rm -f $$@
	$$(call quiet,AR)$$(AR) rcs $$@ $$^
$$(B)/greenmile-$(1).map: scripts/install.mk $$(wildcard common/*.h $(1)/*.h $(1)/*/*.h) | $$(B)/flags
	@{ echo 'GREENMILE_0 {'; echo 'global:'; $$(call declared_in,$(1)) | sed 's/$$$$/;/'; \
	   echo 'local:'; echo '*;'; echo '};'; } > $$@
$$(B)/libgreenmile-$(1).so.$$(version): $$(objects_$(1)) $$(B)/greenmile-$(1).map
	$$(call quiet,CC)$$(CC) $$(CFLAGS) $$(LDFLAGS) -shared -Wl,-soname,libgreenmile-$(1).so.0 \
	  -Wl,--version-script=$$(B)/greenmile-$(1).map -Wl,-z,defs -Wl,--as-needed -o $$@ $$(objects_$(1)) $$(ldlibs)
.PHONY: install-$(1)
install-$(1): $$(B)/libgreenmile-$(1).a $$(B)/libgreenmile-$(1).so.$$(version)
	install -d $$(addprefix $$(installed)/,lib/pkgconfig include/greenmile share/man/man3)
	install -m 644 $$(B)/libgreenmile-$(1).a $$(installed)/lib
	install $$(B)/libgreenmile-$(1).so.$$(version) $$(installed)/lib
	ln -sf libgreenmile-$(1).so.$$(version) $$(installed)/lib/libgreenmile-$(1).so.0
	ln -sf libgreenmile-$(1).so.0 $$(installed)/lib/libgreenmile-$(1).so
	for header in $$(call headers_of,$(1)); do install -D -m 644 $$$$header $$(installed)/include/greenmile/$$$$header || exit 1; done
	install -m 644 $(1)/greenmile-$(1).h $$(installed)/include/greenmile
	sed 's|@PREFIX@|$$(PREFIX)|; s|@VERSION@|$$(version)|' $(1)/greenmile-$(1).pc.in > $$(installed)/lib/pkgconfig/greenmile-$(1).pc
	install -m 644 docs/man/greenmile-$(1).3 $$(installed)/share/man/man3
$$(B)/tests/test_install: | $$(B)/libgreenmile-$(1).a $$(B)/libgreenmile-$(1).so.$$(version)
endef
$(foreach name,$(shipped),$(eval $(call library,$(name))))

installed := $(DESTDIR)$(PREFIX)
.PHONY: install
install: $(B)/bin/track $(shipped:%=install-%)
	install -d $(addprefix $(installed)/,bin share/man/man1 share/doc/greenmile/examples)
	install $(B)/bin/track $(installed)/bin
	install -m 644 docs/man/track.1 $(installed)/share/man/man1
	install -m 644 $(filter-out examples/Makefile,$(wildcard examples/*.*)) $(installed)/share/doc/greenmile/examples
$(B)/tests/test_track: | $(B)/bin/track
