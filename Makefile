# mandated: build, test, run. `make help` lists the targets.
#
# VARIANT is release, asan, tsan, coverage or fuzz; each has its own folder under BUILD.

BUILD ?= build
VARIANT ?= release
PREFIX ?= /usr
DESTDIR ?=
# V=1 shows the commands.
Q = $(if $(V),,@echo "  $(@:$(BUILD)/%=%)";)
VERSION = 1.0.0
PYTHON ?= /usr/bin/python3
O = $(BUILD)/$(VARIANT)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# --- what is built of what -------------------------------------------------------------------

LAYERS = base model wire rules store engine service net

base_SRC = status arena hash day utf8 log mailbox conf keyfile
model_SRC = codec encode record names belongs grants
wire_SRC = raw text check fields fields_record facts facts_forces facts_partners facts_office envelope journal
rules_SRC = unit unit_name follow stay pledge pledge_day pledge_order pledge_shelf requirement \
	array shelf symbol home overlay dossier instrument series phase mandate ceiling ceiling_part counts presence estimate strength \
	partnership forces budget money agenda priorities consent judge draft evaluate alert alert_operation alert_mandates \
	alert_partnership alert_forces alert_budget alert_agenda \
	arrangement function function_home lineage act
store_SRC = env room txn key value walk event record index lane tables compare view
engine_SRC = segment durable journal reader recover visit prepare embedded fake
service_SRC = bucket quota tally batch tags checkpoint verify outcome known settings roll readable authority audit admit opened docket homes homes_bring machine apply apply_plan apply_path apply_alerts apply_day \
	worker startup trust chores calendar stream stream_pump recent frame filter cabinet query query_page query_view \
	query_records query_days query_timeline query_strength query_people query_overview query_scope query_partnership query_forces query_money query_partner \
	query_whatif whatif_alerts whatif_compare query_alerts query_daemon \
	query_audit query_mark pass slice reader
net_SRC = turns listener zap gate gate_keys gate_doors gate_crowd endpoint feed reply identity space pipeline request operate status server

PROTO = record mandate journal
DAEMON_SRC = config keys sdnotify main
CLIENT_SRC = libmandate client_link client_submit client_resend client_wait client_stream client_query client_snapshot
CTL_PARTS = json json_to csv_guard output ctl_options ctl_line ctl_profile ctl_keygen ctl_session ctl_send ctl_changes ctl_push ctl_import ctl_read ctl_words ctl_view \
	ctl_overview ctl_judge ctl_whatif ctl_partnership ctl_forces ctl_agenda ctl_follow ctl_operate \
	ctl_grant ctl_roles ctl_office ctl_offices ctl_accredit ctl_audit \
	import import_csv import_cell import_rows import_returns import_maps import_acts import_keys
CTL_SRC = mandatectl $(CTL_PARTS)

# --- tools and libraries -----------------------------------------------------------------------

CC = gcc
# To build, to test and to run; lint and fuzzing need the second list too.
PACKAGES = gcc libc6-dev make pkg-config git protobuf-c-compiler libprotobuf-c-dev libzmq3-dev \
	liblmdb-dev libsodium-dev libxxhash-dev libsystemd-dev libjansson-dev libcsv-dev \
	libsmartcols-dev libcmocka-dev tzdata procps lmdb-utils e2fsprogs strace \
	python3 python3-zmq python3-protobuf protobuf-compiler systemd
LINT_PACKAGES = clang clang-format libclang-rt-14-dev binutils

pkg = $(shell pkg-config $(1) $(2) 2>/dev/null)
LIBS = $(call pkg,--libs,libzmq libprotobuf-c lmdb libsodium libxxhash libsystemd) -pthread
CLIENT_LIBS = $(call pkg,--libs,libzmq libprotobuf-c libsodium libxxhash) -pthread
CTL_LIBS = $(call pkg,--libs,jansson smartcols) -lcsv -lm
TEST_LIBS = $(call pkg,--libs,cmocka)

WARNINGS = -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wundef \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wwrite-strings \
	-Wcast-qual -Wpointer-arith -Wformat=2 -Wvla -Wswitch-enum -Wnull-dereference \
	-Wdouble-promotion -Wimplicit-fallthrough -Wno-missing-field-initializers
CPPFLAGS = -D_GNU_SOURCE -DMANDATED_VERSION='"$(VERSION)"' -Idaemon -I. -I$(O)/gen
CFLAGS = -std=c17 -g -fno-common -fstack-protector-strong
CFLAGS_release = -O2 -D_FORTIFY_SOURCE=2 -fPIC
CFLAGS_asan = -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -fPIC
CFLAGS_tsan = -O1 -fsanitize=thread -fPIC
CFLAGS_coverage = -O0 --coverage -fPIC
CFLAGS_fuzz = -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer
LDFLAGS_asan = -fsanitize=address,undefined
LDFLAGS_tsan = -fsanitize=thread
LDFLAGS_coverage = --coverage
LDFLAGS_fuzz = -fsanitize=fuzzer,address,undefined
ifeq ($(VARIANT),fuzz)
CC = clang
WARNINGS = -w # gcc's are the ones that count
endif
ALL_CFLAGS = $(CPPFLAGS) $(CFLAGS) $(CFLAGS_$(VARIANT)) $(EXTRA_CFLAGS)
ALL_LDFLAGS = $(LDFLAGS_$(VARIANT))

# --- rules -------------------------------------------------------------------------------------

GEN_H = $(PROTO:%=$(O)/gen/%.pb-c.h)
GEN_O = $(PROTO:%=$(O)/gen/%.pb-c.o)

$(O)/gen/%.pb-c.c $(O)/gen/%.pb-c.h: proto/%.proto $(PROTO:%=proto/%.proto)
	@mkdir -p $(O)/gen
	$(Q)protoc-c --proto_path=proto --c_out=$(O)/gen $<

$(O)/gen/%.pb-c.o: $(O)/gen/%.pb-c.c $(GEN_H)
	$(Q)$(CC) $(ALL_CFLAGS) -w -c -o $@ $<

$(O)/%.o: %.c | $(GEN_H)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(WARNINGS) -MMD -MP -c -o $@ $<

define layer
$(O)/lib$(1).a: $($(1)_SRC:%=$(O)/daemon/$(1)/%.o)
	@rm -f $$@
	$$(Q)ar rcs $$@ $$^
endef
$(foreach l,$(LAYERS),$(eval $(call layer,$(l))))

$(O)/libproto.a: $(GEN_O)
	@rm -f $@
	$(Q)ar rcs $@ $^

# What of the top a test can link: all but main().
$(O)/libmain.a: $(patsubst %,$(O)/daemon/%.o,$(filter-out main,$(DAEMON_SRC)))
	@rm -f $@
	$(Q)ar rcs $@ $^

# Upper layers first, as the linker wants.
ARCHIVES = $(O)/libnet.a $(O)/libservice.a $(O)/libengine.a $(O)/libstore.a $(O)/librules.a \
	$(O)/libwire.a $(O)/libmodel.a $(O)/libproto.a $(O)/libbase.a

$(O)/mandated: $(DAEMON_SRC:%=$(O)/daemon/%.o) $(ARCHIVES)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

CLIENT_O = $(CLIENT_SRC:%=$(O)/clients/%.o) $(foreach l,base model,$($(l)_SRC:%=$(O)/daemon/$(l)/%.o)) $(GEN_O)

$(O)/libmandate.a: $(CLIENT_O)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(O)/libmandate.so: $(CLIENT_O) clients/libmandate.map
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -shared -Wl,-soname,libmandate.so.1 \
		-Wl,--version-script=clients/libmandate.map -o $@ $(CLIENT_O) $(CLIENT_LIBS)

$(O)/libctl.a: $(CTL_PARTS:%=$(O)/clients/%.o)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(O)/mandatectl: $(CTL_SRC:%=$(O)/clients/%.o) $(O)/libwire.a $(O)/libmandate.a
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(CLIENT_LIBS) $(CTL_LIBS)

# --- unit tests: tests/unit/LAYER_NAME_test.c links LAYER and what lies below it ------------------

UNIT_TESTS = base_base base_utf8 base_keyfile \
	model_encode model_record model_grants \
	wire_check wire_facts wire_partnership wire_mutate \
	rules_mandate rules_ceiling rules_strength rules_alert rules_setting rules_nested rules_hybrid rules_money rules_budget rules_agenda rules_forces rules_pledge rules_fold \
	rules_partnership rules_lineage rules_function rules_act rules_act_pledge \
	store_facts store_tables store_env store_damage store_twin \
	engine_conformance engine_segment engine_torn engine_damage engine_recover engine_fault \
	engine_full \
	service_quota service_stream service_stream_roll service_sight service_sight_random service_calendar service_machine service_alerts service_refusals service_authority service_golden service_homes service_random service_query service_query_random service_query_partnership service_whatif service_query_grants service_query_seen service_cabinet service_folds service_filter service_reader \
	service_twin service_shuffle rules_shuffle \
	net_doors net_gate \
	main_config \
	clients_submit clients_wait clients_import clients_import_maps clients_import_acts clients_import_order clients_snapshot clients_stream clients_json clients_output clients_words clients_roles

below_base = base
below_model = model proto base
below_engine = engine base
below_wire = wire model proto base
below_rules = rules model proto base
below_store = store model proto base
below_clients = ctl wire mandate
below_main = main rules model proto base
below_net = net service engine store rules wire model proto base
below_service = service engine store rules wire model proto base
layer_of = $(firstword $(subst _, ,$(1)))

# A second reading of the definitions, and random cases to ask it about.
TWIN_TESTS = rules_fold rules_shuffle service_twin service_shuffle service_query_seen
TWIN_SRC = twin_mandate twin_ceiling twin_strength twin_partners twin_forces twin_agenda twin_alert \
	twin_alert_mandates twin_alert_partners twin_alert_forces twin_alert_money twin_money \
	twin_case twin_case_facts twin_case_acts twin_history twin_homes
TWIN_O = $(TWIN_SRC:%=$(O)/tests/unit/%.o)

define unit_test
$(O)/tests/unit/$(1)_test: $(O)/tests/unit/$(1)_test.o $(if $(filter $(1),$(TWIN_TESTS)),$(TWIN_O)) $(foreach l,$(below_$(call layer_of,$(1))),$(O)/lib$(l).a)
	$$(Q)$$(CC) $$(ALL_CFLAGS) $$(ALL_LDFLAGS) -o $$@ $$^ $$(LIBS) $$(TEST_LIBS) $(if $(filter clients,$(call layer_of,$(1))),$$(CTL_LIBS))
endef
$(foreach t,$(UNIT_TESTS),$(eval $(call unit_test,$(t))))

# Each of these calls can be made to fail.
$(O)/tests/unit/engine_fault_test $(O)/tests/unit/engine_full_test: TEST_LIBS += \
	$(addprefix -Wl$(comma)--wrap=,pwrite pread fdatasync fsync fallocate openat renameat \
	unlinkat mkdirat)
comma = ,

# --- long runs of the random tests -------------------------------------------------------------
#
# `make shuffle` tries SHUFFLES orders of facts and acts, `make twin` CHANGES random changes; with
# SEED they begin with that case. `make shuffle DATA=dir` imports the files of a folder in 20 orders.

SHUFFLES ?= 10000
CHANGES ?= 1000000
SEEDED = $(if $(SEED),TWIN_SEED=$(SEED) RULES_SEED=$(SEED))

.PHONY: shuffle shuffle-data twin
shuffle: $(O)/tests/unit/rules_shuffle_test $(O)/tests/unit/service_shuffle_test
	@for t in $(filter %_test,$^); do $(SEEDED) SHUFFLES=$(SHUFFLES) CHANGES=0 $$t || exit 1; done
ifdef DATA
shuffle: shuffle-data
shuffle-data: $(O)/mandated $(O)/mandatectl
	$(PYTHON) tests/scenario/shuffle.py $(SCENE) --data $(DATA) --times 20 $(if $(SEED),--seed $(SEED))
endif
twin: $(O)/tests/unit/rules_shuffle_test $(O)/tests/unit/service_twin_test
	@for t in $^; do $(SEEDED) CHANGES=$(CHANGES) SHUFFLES=0 $$t || exit 1; done

# --- messages of another library ----------------------------------------------------------------

$(O)/tests/tools/decode: $(O)/tests/tools/decode.o $(below_wire:%=$(O)/lib%.a)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

.PHONY: check-encoding
check-encoding: $(O)/tests/tools/decode
	$(PYTHON) tests/scenario/stranger.py --encode | $<

# --- scenarios: the real daemon, seen from outside ------------------------------------------------
#
# `make scenario` plays all, `make scenario-NAME` one; `make scenario-flips` changes 10 000 bytes, and
# `make scenario-definitions DATA=dir` tries the worked examples on the files of a folder.

SCENARIOS = protocol life operations offices pairs limits sight days hostile attack fulldisk verify shuffle partnership \
	answers definitions harmless stories_ends stories_ceilings stories_known stories_handover \
	stories_hybrid stories_rehatted
SCENE = --bin $(O) $(if $(filter asan tsan,$(VARIANT)),--slow)

$(O)/tests/tools/pairs: $(O)/tests/tools/pairs.o
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(call pkg,--libs,lmdb)

.PHONY: scenario scenario-flips $(SCENARIOS:%=scenario-%)
scenario:
	+@for s in $(SCENARIOS); do $(MAKE) --no-print-directory scenario-$$s || exit 1; done
scenario-definitions: SCENE += $(DATA:%=--data %)
scenario-verify: SCENE += --pairs $(O)/tests/tools/pairs $(FLIPS)
scenario-verify: $(O)/tests/tools/pairs
$(SCENARIOS:%=scenario-%): scenario-%: $(O)/mandated $(O)/mandatectl
	@echo "== $*"
	@$(PYTHON) tests/scenario/$*.py $(SCENE)
scenario-flips:
	+@$(MAKE) --no-print-directory scenario-verify FLIPS="--flips 10000 --stride 1"

# --- faults: the real daemon is killed, loses power, meets failing calls --------------------------
#
# `make kill9`, `make powercut`, `make iofault`; `make powercut-mutants` shows that the power-cut test
# finds the mistakes that it is there for; `make fault-smoke` a moment of each but the last.

KILLS ?= 200
CUTS ?= 6000
MUTANTS = ANSWER_BEFORE_SYNC NO_DATA_SYNC NO_DIRECTORY_SYNC
F = $(O)/tests/fault

$F/shim.so: tests/fault/shim.c tests/fault/trace.h
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -std=c17 -O2 -fPIC $(WARNINGS) -shared -o $@ $<

$F/kill9 $F/iofault: $F/%: $F/%.o $F/run.o $F/load.o $F/trace.o $(O)/libmandate.a
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(CLIENT_LIBS)

$F/powercut: $F/powercut.o $F/image.o $F/promise.o $F/run.o $F/load.o $F/trace.o $(O)/libmandate.a $(below_service:%=$(O)/lib%.a)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

FAULT_PROGRAMS = $(O)/mandated $(O)/mandatectl $F/shim.so $F/kill9 $F/iofault $F/powercut

MUTANT_TARGETS = $(MUTANTS:%=mutant-%)
.PHONY: kill9 powercut powercut-mutants iofault fault-smoke $(MUTANT_TARGETS)
kill9: $(FAULT_PROGRAMS)
	$F/kill9 $(O)/mandated $(O)/mandatectl $(KILLS) $(SEED)
powercut: $(FAULT_PROGRAMS)
	$F/powercut $(O)/mandated $F/shim.so $(CUTS) $(SEED)
iofault: $(FAULT_PROGRAMS)
	$F/iofault $(O)/mandated $F/shim.so $(SEED)
fault-smoke:
	+@$(MAKE) --no-print-directory KILLS=25 CUTS=400 kill9 powercut iofault

# A daemon with a mistake in it, tried with the test of a daemon without.
$(MUTANT_TARGETS): mutant-%: $F/powercut $F/shim.so
	+@$(MAKE) --no-print-directory BUILD=$(BUILD)/mutants/$* EXTRA_CFLAGS=-DFAULT_$* \
		$(BUILD)/mutants/$*/$(VARIANT)/mandated
	@log=$(BUILD)/mutants/$*.log; tmp=$$(mktemp -d); \
	TMPDIR=$$tmp $F/powercut $(BUILD)/mutants/$*/$(VARIANT)/mandated $F/shim.so 400 $(SEED) >$$log 2>&1; \
	rm -rf "$$tmp"; found=$$(sed -n 's/.*FAILED: \(round.*\), in [^ ]*:/\1:/p' $$log); \
	if [ -n "$$found" ]; then echo "powercut notices $*: $$found"; \
	else cat $$log; echo "powercut does not notice $*"; exit 1; fi
powercut-mutants: $(MUTANT_TARGETS)

# --- benchmark ----------------------------------------------------------------------------------

BENCH_SRC = bench bench_daemon bench_office bench_load bench_fair bench_stream bench_bare bench_apply bench_machine bench_world

$(O)/tests/bench/bench: $(BENCH_SRC:%=$(O)/tests/bench/%.o) $(O)/libctl.a $(O)/libmandate.a $(below_service:%=$(O)/lib%.a)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) $(CTL_LIBS)

# --- fuzzing: `make fuzz` with clang, FUZZ_SECONDS each; `make fuzz-smoke` a moment -----------------

FUZZ_TARGETS = envelope submission query input stored zap config csv json stream
FUZZ_SECONDS ?= 30

fuzz_below = $(below_wire:%=$(O)/lib%.a)
$(O)/tests/fuzz/zap: fuzz_above = $(O)/libnet.a
$(O)/tests/fuzz/zap: $(O)/libnet.a
$(O)/tests/fuzz/config: fuzz_above = $(O)/libmain.a $(O)/librules.a
$(O)/tests/fuzz/config: $(O)/libmain.a $(O)/librules.a
$(O)/tests/fuzz/csv $(O)/tests/fuzz/json $(O)/tests/fuzz/stream: fuzz_above = $(O)/libctl.a $(O)/libwire.a $(O)/libmandate.a
$(O)/tests/fuzz/csv $(O)/tests/fuzz/json $(O)/tests/fuzz/stream: $(O)/libctl.a $(O)/libmandate.a
$(FUZZ_TARGETS:%=$(O)/tests/fuzz/%): $(O)/tests/fuzz/%: $(O)/tests/fuzz/%.o $(fuzz_below)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(fuzz_above) $(fuzz_below) $(LIBS) $(CTL_LIBS)

$(O)/tests/fuzz/seeds: $(O)/tests/fuzz/seeds.o $(below_wire:%=$(O)/lib%.a)
	$(Q)$(CC) $(ALL_CFLAGS) -o $@ $^ $(LIBS)

# New inputs stay under BUILD; what a crash leaves there belongs into tests/fuzz/corpus.
.PHONY: fuzz fuzz-smoke fuzz-run fuzz-seeds
fuzz:
	+$(MAKE) VARIANT=fuzz fuzz-run
fuzz-smoke:
	+$(MAKE) VARIANT=fuzz FUZZ_SECONDS=2 fuzz-run
fuzz-run: $(FUZZ_TARGETS:%=$(O)/tests/fuzz/%)
	@for t in $(FUZZ_TARGETS); do mkdir -p $(O)/corpus/$$t; log=$(O)/corpus/$$t.log; \
		$(O)/tests/fuzz/$$t -max_total_time=$(FUZZ_SECONDS) -max_len=33000 -timeout=5 \
		-print_final_stats=1 -artifact_prefix=$(O)/corpus/$$t- \
		$(O)/corpus/$$t tests/fuzz/corpus/$$t >$$log 2>&1 || { tail -50 $$log; exit 1; }; \
		echo "fuzz $$t: $$(sed -n 's/stat::number_of_executed_units: *//p' $$log) runs"; done
fuzz-seeds: $(O)/tests/fuzz/seeds
	@mkdir -p tests/fuzz/corpus
	$< tests/fuzz/corpus

# --- what people call ---------------------------------------------------------------------------

PROGRAMS = mandated mandatectl libmandate.a libmandate.so

.PHONY: all unit clean deps deps-lint install lint bench bench-smoke demo check check-run help
all: $(PROGRAMS:%=$(BUILD)/%) $(BUILD)/roles.conf

# Beside the programs, where mandatectl finds them before what is installed.
$(BUILD)/roles.conf $(O)/roles.conf: config/roles.conf
	@mkdir -p $(@D)
	$(Q)cp $< $@
$(O)/mandatectl: | $(O)/roles.conf

# The release variant is what is run and installed.
$(PROGRAMS:%=$(BUILD)/%): $(BUILD)/%: $(BUILD)/release/%
	$(Q)cp $< $@

# Installs what is missing. Each of the two commands of the README begins with it.
deps:
	@tests/tools/packages $(PACKAGES)
deps-lint: deps
	@tests/tools/packages $(LINT_PACKAGES)

# After deps in a make of its own: what pkg-config answers is only true then.
demo check bench bench-smoke lint: deps
	+@$(MAKE) --no-print-directory $@-run

demo-run: all
	tests/demo/demo.sh $(BUILD)

check-run: all unit check-encoding
	+@$(MAKE) --no-print-directory VARIANT=asan unit
	+@$(MAKE) --no-print-directory scenario fault-smoke

unit: $(UNIT_TESTS:%=$(O)/tests/unit/%_test)
	@for t in $^; do echo "== $$t"; $$t || exit 1; done

lint-run: deps-lint $(ARCHIVES)
	$(PYTHON) tests/tools/lint.py $(O)

# On the disk that holds BUILD; the figures go to BUILD/bench.json too.
bench-run: all $(O)/tests/bench/bench
	@rm -rf $(BUILD)/bench.tmp
	$(O)/tests/bench/bench $(BUILD)/mandated $(BUILD)/bench.tmp $(BUILD)/bench.json $(BENCH)
bench-smoke-run: all $(O)/tests/bench/bench
	@rm -rf $(BUILD)/bench.tmp
	$(O)/tests/bench/bench $(BUILD)/mandated $(BUILD)/bench.tmp $(BUILD)/bench.json --smoke

install: all
	install -Dm755 $(BUILD)/mandated $(DESTDIR)$(PREFIX)/bin/mandated
	install -Dm755 $(BUILD)/mandatectl $(DESTDIR)$(PREFIX)/bin/mandatectl
	install -Dm644 $(BUILD)/libmandate.a $(DESTDIR)$(PREFIX)/lib/libmandate.a
	install -Dm755 $(BUILD)/libmandate.so $(DESTDIR)$(PREFIX)/lib/libmandate.so.1
	ln -sf libmandate.so.1 $(DESTDIR)$(PREFIX)/lib/libmandate.so
	install -Dm644 -t $(DESTDIR)$(PREFIX)/include/mandate clients/libmandate.h \
		$(PROTO:%=$(BUILD)/release/gen/%.pb-c.h)
	install -Dm644 -t $(DESTDIR)$(PREFIX)/include/mandate/base daemon/base/bytes.h \
		daemon/base/status.h
	install -Dm644 -t $(DESTDIR)$(PREFIX)/share/mandate/proto $(PROTO:%=proto/%.proto) \
		proto/PROTOCOL.md
	install -Dm644 systemd/mandated.service $(DESTDIR)$(PREFIX)/lib/systemd/system/mandated.service
	install -Dm644 config/mandated.conf $(DESTDIR)/etc/mandated/mandated.conf
	install -Dm644 config/roles.conf $(DESTDIR)/etc/mandated/roles.conf

help:
	@echo "make demo     shows what it does, on example data, in a temporary place"
	@echo "make check    every test that a change needs"
	@echo "make          build/mandated, build/mandatectl, build/libmandate.a and .so"
	@echo "make bench    figures and limits, also in build/bench.json; BENCH=acks: only those"
	@echo "make lint     layers, exported names, sizes, formatting"
	@echo "make fuzz     every decoder for FUZZ_SECONDS (30)"
	@echo "make shuffle twin   the long runs of the random tests"
	@echo "make kill9 powercut powercut-mutants   the long runs of the fault tests"
	@echo "make install DESTDIR= PREFIX=/usr"
	@echo "VARIANT=release|asan|tsan|coverage|fuzz, V=1 to see the commands"

clean:
	rm -rf $(BUILD)

.SECONDARY:

-include $(shell find $(O) -name '*.d' 2>/dev/null)
