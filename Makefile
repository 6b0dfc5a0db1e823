# The commands of the project. Each target installs missing packages with apt (scripts/packages.sh).
SWIFT ?= swift
# Static: a node needs no Swift runtime, the program starts faster, and it looks for no library beside the plugins. Nobody loads the
# program as a library, so it exports no symbols: they would cost 4 % of its size, and time at each start.
RELEASE = -c release --static-swift-stdlib --disable-local-rpath -Xlinker -s -Xlinker --gc-sections -Xlinker --no-export-dynamic
PREFIX ?= /opt/cni
# The directory of braidctl. `make install PREFIX_BIN=` does not install braidctl.
PREFIX_BIN ?= /usr/local/bin
# The links that stand in for the reference plugins: one per built-in plugin. They are made where nothing stands. `make install
# LINKS=` installs only braid. Plugins that LINKS names on the command line or in the environment are replaced.
REPLACE = $(if $(filter command environment,$(origin LINKS)),--replace)
LINKS ?= $(or $(shell scripts/links.sh),$(error scripts/links.sh gives no links))

# Only every EVERYth crash point is tested. 1 tests all of them.
EVERY ?= 1
FUZZ_SECONDS ?= 60

.PHONY: all build demo bench bench-shaping test test-runtimes test-vm test-crash fuzz fmt lint man install uninstall clean
all: build ## the release

build: ## the release: .build/release/braid and .build/release/braidctl
	@scripts/packages.sh build
	$(SWIFT) build $(RELEASE) --product braid
	$(SWIFT) build $(RELEASE) --product braidctl

demo: ## a Pod with three interfaces, in scratch namespaces (root)
	@scripts/packages.sh demo
	@$(SWIFT) build $(RELEASE) --product braid
	@scripts/demo.sh .build/release/braid

test: lint ## everything that this machine can test; what it cannot is skipped, with the reason (root)
	@scripts/packages.sh test
	$(SWIFT) build --build-tests
	PATH="$$(scripts/python.sh $(CURDIR)/.build-python Tests/PolicyTests/requirements.txt):$$PATH" \
	  $(SWIFT) test --skip-build --disable-xctest

test-runtimes: ## real runtimes with braid as their CNI plugin: containerd, Podman (root)
	@scripts/packages.sh runtimes
	$(SWIFT) build $(RELEASE) --product braid
	@Tests/Runtimes/run.sh .build/release/braid

bench: ## ADD and DEL beside the reference plugins, in one run (root)
	@scripts/packages.sh bench
	@$(SWIFT) build $(RELEASE) --product braid
	@scripts/bench.py .build/release/braid

bench-shaping: ## limits of traffic with real transfers, beside the reference plugin, in one run (root)
	@scripts/packages.sh bench
	@$(SWIFT) build $(RELEASE) --product braid
	@scripts/bench-shaping.py .build/release/braid

test-vm: ## what this machine's kernel lacks, under Debian's kernel in a VM (root)
	@scripts/packages.sh vm
	$(SWIFT) build --build-tests
	$(SWIFT) build $(RELEASE) --product braid
	@Tests/VM/run.sh

test-crash: ## braid stopped at every system call in turn (EVERY=N: each N-th), others' plugins too, failing plugins, and much at once (root)
	@scripts/packages.sh crash
	$(SWIFT) build $(RELEASE) --product braid
	Tests/Crash/lives.py .build/release/braid
	Tests/Crash/stress.py .build/release/braid
	Tests/Crash/points.py .build/release/braid --every $(EVERY)

fuzz: ## random inputs for all that reads what others wrote, FUZZ_SECONDS for each
	@scripts/packages.sh build
	@FUZZ_SECONDS=$(FUZZ_SECONDS) Tests/Fuzz/run.sh

fmt: ## put every Swift file into the project's form
	@git ls-files '*.swift' | xargs $(SWIFT) format --in-place --parallel

lint: ## the form of Swift and shell files, and the layout of Sources
	@scripts/packages.sh lint
	@scripts/lint.sh

man: ## docs/man/braidctl.1, of what the commands say about themselves
	$(SWIFT) build --product braidctl
	scripts/manual.py .build/debug/braidctl >docs/man/braidctl.1

install: ## braid and its links into PREFIX/bin, under running Pods; braidctl into PREFIX_BIN, its pages and completions beside it
	@scripts/install.sh $(REPLACE) .build/release/braid $(DESTDIR)$(PREFIX)/bin $(LINKS)
	@$(if $(PREFIX_BIN),scripts/install-braidctl.sh .build/release/braidctl $(DESTDIR)$(PREFIX_BIN))

uninstall: ## what install installed; the plugins that LINKS replaced are put back
	@scripts/uninstall.sh $(DESTDIR)$(PREFIX)/bin
	@$(if $(PREFIX_BIN),scripts/uninstall-braidctl.sh $(DESTDIR)$(PREFIX_BIN))

clean: ## remove what the build made
	rm -rf .build .build-*
