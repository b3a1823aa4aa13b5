# What a person types. Everything else is CMake: see CMakePresets.json.
.DEFAULT_GOAL := release
.PHONY: release demo test bench tidy clean help

# Two compilers at once need 2 GB: no more jobs than processors.
BUILD = cmake --build --preset $(1) -- $(if $(VERBOSE),-v,--quiet)

release: packages dictionaries ## build/release/limn, the program
	@cmake --preset release $(if $(VERBOSE),,--log-level=ERROR) >/dev/null
	@$(call BUILD,release)

demo: release samples ## the main job on sample data, shown step by step
	@build/release/limn demo

test: release samples ## every test, and the rules of the style guide
	@ctest --preset release $(if $(VERBOSE),,--progress)

bench: packages dictionaries samples ## speeds, each with its answer checked; rivals beside it where they are installed
	@cmake --preset bench >/dev/null && $(call BUILD,bench)
	@tools/bench

tidy: packages dictionaries ## the rules that a program can check, and clang-tidy on every source
	@tools/tidy.py
	@cmake --preset tidy >/dev/null && cmake --build --preset tidy

clean: ## forget what was built
	@rm -rf build

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

.PHONY: packages dictionaries samples
packages:
	@tools/setup packages

dictionaries:
	@tools/setup dictionaries

samples:
	@tools/setup samples
