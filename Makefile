# Two commands do everything: `make serve` and `make test`. Both set up what is missing first.

SHELL := /bin/bash
# What the caller's shell finds by itself, for the set-up to complete.
export ORIGINAL_PATH := $(PATH)
# A shell that was open before rustup came does not know its folder yet.
export PATH := $(if $(CARGO_HOME),$(CARGO_HOME),$(HOME)/.cargo)/bin:$(PATH)
export RUSTUP_AUTO_INSTALL := 0

# The server and what it is made of. `frontend`, and `app` for the browser, enable features that
# must never meet the server's in one build, so they are always built by name and apart.
NATIVE := -p allocator -p broker -p vision -p importer -p app -p load -p scheduling -p server -p mean-colour -p no-op -F app/ssr
WASM := --target wasm32-unknown-unknown

TARGET := $(or $(CARGO_TARGET_DIR),target)
BUILT := target/site/.release
SOURCES := Cargo.toml Cargo.lock $(shell find app broker frontend importer/build.rs importer/src load/src public scheduling/src server/build.rs server/src style vision/build.rs vision/src -type f)

.PHONY: help setup serve test lint unit clients parity bench bench-programs browser lighthouse clean

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST)

setup: ## Bring Rust, libtorch and the tools, as far as they are missing
	@./setup/rust.sh
	@./setup/libtorch.sh
	@./setup/tools.sh

serve: setup $(BUILT) ## Build, and serve on http://localhost:2017/vgg
	$(TARGET)/release/vitrine serve

# Building the page anew takes half a minute even if nothing changed, so that is asked first. The
# mark lies in the folder of the page, which every build of another kind empties.
$(BUILT): $(SOURCES) | setup
	cargo leptos build --release --precompress
	@touch $@

test: setup lint unit clients browser ## Run every check and every test, the browser's included

lint: setup ## Check the layout of the code and what clippy says of it
	cargo fmt --all --check
	cargo clippy --locked $(NATIVE) --all-targets -- -D warnings
	cargo clippy --locked -p trainer --all-targets -- -D warnings
	cargo clippy --locked -p app -F hydrate $(WASM) -- -D warnings
	cargo clippy --locked -p frontend $(WASM) -- -D warnings

unit: setup ## Run the tests that need no browser
	cargo test --locked $(NATIVE)
	cargo test --locked -p trainer

clients: setup ## Run the tests with other people's clients against the real server
	cargo build --locked -p server
	./clients/run.sh

parity: setup ## Compare a few networks and imports with torchvision, timm and Keras
	cargo build --locked -p server
	cargo build --locked -p vision --example logits
	./parity/run.sh

bench: bench-programs ## Measure beside other servers, for three quarters of an hour on a quiet machine, and write bench/RESULTS.md
	python3 bench/run.py

bench-programs: setup ## Build what the measurements in bench are of
	cargo build --locked --release -p server -p no-op -p load -p vision --bins --example bare --example base

browser: setup ## Run the tests in Chromium against the real server
	@./setup/browser.sh
	@# What failed is said last, after what cargo-leptos has to say about it.
	@rm -rf end2end/test-results
	RUST_BACKTRACE=0 VITRINE_FETCH_ALLOW=127.0.0.1/32 VITRINE_LOG=warn cargo leptos end-to-end || \
		{ sed -n 's/^- Name: /Failed: /p; /^Error: /,/^\(Call log:\|```\)$$/p' end2end/test-results/*/error-context.md; exit 1; }

lighthouse: setup ## Weigh and score the page as it is released (makes target/site anew)
	@./setup/browser.sh
	cargo leptos build --release --frontend-only --precompress
	cargo build --locked -p server
	./end2end/lighthouse.sh "$(abspath $(TARGET))/debug/vitrine"

clean: ## Remove what was built here; what was installed stays
	cargo clean
