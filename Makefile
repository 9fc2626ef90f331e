# make demo     shows Shunt at work on this machine, in network namespaces of its own
# make test     builds everything and runs all tests; those that need root are skipped without it
# make lint     formatting, warnings, shell syntax, architecture, sizes, and what operations may allocate
# make bench    every mode on the real kernel, beside the tool people would use otherwise (as root; half an hour); writes bench/results/bench.*
#               ARGS="--modes nftables --sizes 1000x2 --no-peer-large --to DIRECTORY" to choose; --no-peer-large leaves out what takes minutes
# make bench-quick  the same in three minutes, with fewer and smaller sizes; writes artifacts/bench
# make bench-core   benchmarks of what touches no kernel; ARGS="--filter *Compile*" to choose
# make bench-agent  memory and CPU of the whole agent (as root); ARGS="--services 1000 --endpoints 2 --soak 100000" to choose
# make bench-nftables  nftables mode on the real kernel, beside kube-proxy's layout (as root); ARGS="--quick --sizes 1000x2,10000x10 --peer-large" to choose
# make image    the container image, or without a container engine the same files in artifacts/image; AOT=1 compiles ahead of time
# make build    builds everything

SHELL := /bin/bash
.DEFAULT_GOAL := build
.PHONY: build test lint bench bench-quick bench-core bench-agent bench-nftables image demo clean

export DOTNET_NOLOGO := 1
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
# A bare Debian has no ICU, and nothing here depends on a culture.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT := 1

IMAGE ?= shunt:dev
AOT ?= 0
RESULTS := artifacts/test-results
SHUNT := src/Proxy/bin/Release/net10.0/shunt.dll

build:
	dotnet build Proxy.sln -v q

# One test project at a time: those that measure nothing but wait for packets should not compete for the machine.
test:
	.ci/install.sh
	dotnet build Proxy.sln -v q
	rm -rf $(RESULTS)
	dotnet test Proxy.sln --no-build -m:1 -v q --logger trx --results-directory $(RESULTS) --blame-hang-timeout 5m --blame-hang-dump-type none

lint:
	dotnet build Proxy.sln -v q -warnaserror
	dotnet format Proxy.sln --verify-no-changes --no-restore
	dotnet run -c Release --project bench -- --budgets
	for script in .ci/run $$(git ls-files '*.sh'); do bash -n $$script || exit 1; done
	dotnet test tests/House.Tests --no-build -v q

bench:
	dotnet run -c Release --project bench -- --all-modes $(ARGS)

bench-quick:
	dotnet run -c Release --project bench -- --all-modes --quick $(ARGS)

bench-core:
	dotnet run -c Release --project bench -- $(ARGS)

# What is measured is what the image holds.
bench-agent:
	dotnet publish src/Proxy -p:PublishProfile=Image -r linux-x64 -o artifacts/agent -v q
	dotnet run -c Release --project bench -- --agent --executable artifacts/agent/shunt $(ARGS)

bench-nftables:
	dotnet run -c Release --project bench -- --nftables $(ARGS)

image:
	AOT=$(AOT) .ci/image.sh $(IMAGE)

demo:
	.ci/install.sh demo
	dotnet build src/Proxy -c Release -v q
	.ci/demo.sh $(SHUNT)

clean:
	rm -rf artifacts
	find . \( -name bin -o -name obj \) -type d -prune -exec rm -rf {} +
