#!/usr/bin/env python3
"""Performs a Dockerfile without a container engine, line by line, and leaves the last stage's files in a directory.

    unshare --mount .ci/dockerfile.py DOCKERFILE DIRECTORY [NAME=VALUE ...]

Needs root, and a mount namespace of its own, since it mounts. Knows the instructions that this project's Dockerfile uses, and stops at
any other. A debian:* image is installed by mmdebstrap, and kept in DIRECTORY.cache. For an image of the .NET SDK this machine stands in,
with its own SDK and packages, under an overlay that keeps what the stage writes.
"""
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys

HOST_ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


class Stage:
    """One stage: the root of its files, where it stands in them, and what its commands see."""

    def __init__(self, root, environment):
        self.root, self.environment, self.arguments, self.directory = root, environment, {}, "/"

    def path(self, inside):
        return os.path.join(self.root, os.path.join(self.directory, inside).lstrip("/"))

    def run(self, command):
        for name in ("proc", "sys", "dev"):
            os.makedirs(f"{self.root}/{name}", exist_ok=True)
            call("mount", "--rbind", f"/{name}", f"{self.root}/{name}")
        environment = {"HOME": "/root", "DEBIAN_FRONTEND": "noninteractive", **self.environment, **self.arguments}
        try:
            subprocess.run(["chroot", self.root, "/bin/sh", "-c", f"cd {shlex.quote(self.directory)} && {command}"],
                           env=environment, stdin=subprocess.DEVNULL, check=True)
        finally:
            for name in ("dev", "sys", "proc"):
                call("umount", "--recursive", "--lazy", f"{self.root}/{name}")


def call(*command):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def instructions(path):
    text = re.sub(r"^\s*#.*\n", "", open(path).read(), flags=re.M).replace("\\\n", " ")
    for line in filter(str.strip, text.splitlines()):
        word, rest = line.strip().split(None, 1)
        yield word.upper(), rest.strip()


def debian(suite, cache, root):
    archive = f"{cache}/debian-{suite}.tar"
    if not os.path.exists(archive):
        if not shutil.which("mmdebstrap"):
            sys.exit(f"dockerfile: mmdebstrap is missing, which makes debian:{suite} here")
        os.makedirs(cache, exist_ok=True)
        part = f"{cache}/part.tar"  # the ending says that it is to be an archive
        call("mmdebstrap", "--quiet", "--variant=minbase", "--mode=root", suite, part, f"deb http://deb.debian.org/debian {suite} main")
        os.rename(part, archive)
    os.makedirs(root)
    call("tar", "xf", archive, "-C", root, "--exclude=./dev/*")
    shutil.copy("/etc/resolv.conf", f"{root}/etc/resolv.conf")


def this_machine(scratch):
    # The upper layer may not lie below the lower one, which is everything: so in memory.
    os.makedirs(scratch)
    call("mount", "-t", "tmpfs", "stage", scratch)
    for name in ("upper", "work", "root"):
        os.mkdir(f"{scratch}/{name}")
    call("mount", "-t", "overlay", "stage", "-o", f"lowerdir=/,upperdir={scratch}/upper,workdir={scratch}/work", f"{scratch}/root")
    return f"{scratch}/root"


def begin(image, root, cache):
    """The stage a FROM begins."""
    environment = {"PATH": os.environ["PATH"]}
    if image == "scratch":
        os.makedirs(root)
    elif image.startswith("debian:"):
        debian(image.split(":")[1].removesuffix("-slim"), cache, root)
    elif "/dotnet/sdk:" in image:
        root = this_machine(root)
        environment |= {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1", "DOTNET_NOLOGO": "1", "DOTNET_CLI_TELEMETRY_OPTOUT": "1"}
    else:
        sys.exit(f"dockerfile: nothing stands in for the image {image} here")
    return Stage(root, environment)


def copy(words, stage, stages):
    source_root = stages[words.pop(0).split("=")[1]].root if words[0].startswith("--from=") else os.getcwd()
    *sources, target = words
    into = stage.path(target)
    for source in sources:
        source = os.path.join(source_root, source.lstrip("/"))
        # As the .dockerignore has it: what a build left behind does not come along.
        options = ["--exclude=./bin", "--exclude=./obj", "--exclude=*/bin", "--exclude=*/obj"] if source_root == os.getcwd() else []
        if os.path.isdir(source):
            os.makedirs(into, exist_ok=True)
            pack = subprocess.Popen(["tar", "c", "-C", source, *options, "."], stdout=subprocess.PIPE)
            subprocess.run(["tar", "x", "-C", into], stdin=pack.stdout, check=True)
            if pack.wait() != 0:
                sys.exit(f"dockerfile: {source} could not be copied")
        else:
            os.makedirs(into if target.endswith("/") else os.path.dirname(into), exist_ok=True)
            shutil.copy(source, into)


def main(path, target, given):
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(target)
    platforms = {"TARGETARCH": HOST_ARCHITECTURE, "BUILDPLATFORM": f"linux/{HOST_ARCHITECTURE}"}
    stages, stage = {}, None
    for word, rest in instructions(path):
        print(f"dockerfile: {word} {rest}", flush=True)
        if word == "FROM":
            words = [part for part in rest.split() if not part.startswith("--platform=")]
            stage = begin(words[0], f"{target}/{words[2] if len(words) > 2 else 'root'}", f"{target}.cache")
            stages[words[2] if len(words) > 2 else "root"] = stage
        elif word == "ARG":
            name, _, default = rest.partition("=")
            stage.arguments[name] = given.get(name, platforms.get(name, default))
        elif word == "ENV":
            name, _, value = rest.partition("=")
            stage.environment[name] = value
        elif word == "WORKDIR":
            stage.directory = rest
            os.makedirs(stage.path("."), exist_ok=True)
        elif word == "COPY":
            copy(rest.split(), stage, stages)
        elif word == "RUN":
            stage.run(rest)
        elif word == "ENTRYPOINT":
            entry = json.loads(rest)
        else:
            sys.exit(f"dockerfile: {word} is not known here")
    # What an engine keeps beside the files, for whoever runs them.
    with open(f"{target}/config.json", "w") as config:
        json.dump({"entrypoint": entry, "environment": {k: v for k, v in stage.environment.items() if k != "PATH"} | {"PATH": stage.environment["PATH"]}}, config, indent=1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], dict(pair.split("=", 1) for pair in sys.argv[3:]))
