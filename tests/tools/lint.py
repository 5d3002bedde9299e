#!/usr/bin/env python3
"""Holds what the compiler does not: layers, prefixes, sizes, the top level, formatting.

usage: lint.py OBJECT_DIR     (a build's daemon objects, for the exported names)
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# A layer may include itself, generated messages where they are named, and these.
PROTO = {"record.pb-c.h", "mandate.pb-c.h", "journal.pb-c.h", "protobuf-c"}
ALLOWED = {
    "base": (set(), set()),
    "model": ({"base"}, PROTO),
    "wire": ({"base", "model"}, PROTO),
    "rules": ({"base", "model"}, PROTO),
    "store": ({"base", "model"}, PROTO | {"rules/view.h", "lmdb.h"}),
    "engine": ({"base"}, set()),
    "service": ({"base", "model", "wire", "rules", "store"},
                PROTO | {"engine/engine.h", "engine/embedded.h"}),
    "net": ({"base", "model", "wire", "rules", "store", "service"},
            PROTO | {"engine/engine.h", "zmq.h"}),
    "": ({"base", "model", "wire", "rules", "store", "engine", "service", "net"},
         PROTO | {"config.h", "keys.h", "sdnotify.h", "zmq.h"}),
}
TOP_LEVEL = {"daemon", "proto", "clients", "config", "tests", "systemd", "Makefile", "README.md",
             "LICENSE"}
LINES_MAX = 500  # of the programs; tests are lists, and may be longer
TEST_LINES_MAX = 800
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')

problems = []


def problem(path, line, text):
    problems.append(f"{path.relative_to(ROOT)}:{line}: {text}")


def tracked():
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True,
                         capture_output=True, text=True).stdout
    return [ROOT / name for name in out.split("\n") if name and (ROOT / name).exists()]


def check_includes(path):
    parts = path.relative_to(ROOT / "daemon").parts
    layer = parts[0] if len(parts) > 1 else ""
    layers, files = ALLOWED[layer]
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        name = match[1]
        reached = name.split("/")[0] if "/" in name else name
        if reached != layer and reached not in layers and name not in files:
            problem(path, number, f"layer {layer or 'top'} must not include {name}")


def check_text(path):
    lines = path.read_text().splitlines()
    limit = TEST_LINES_MAX if path.is_relative_to(ROOT / "tests") else LINES_MAX
    if path.suffix in (".c", ".h", ".py") and len(lines) > limit:
        problem(path, len(lines), f"longer than {limit} lines: is it two files?")
    for number, line in enumerate(lines, 1):
        if path != pathlib.Path(__file__).resolve() and re.search(r"\b(TODO|FIXME|XXX)\b", line):
            problem(path, number, "unfinished")
        if path.suffix in (".c", ".h") and line.rstrip() != line:
            problem(path, number, "space at the end of the line")


def check_exports(objects):
    """foo.c exports foo_* only; foo_bar.c may also export foo_*, a part of a layer LAYER_*."""
    for source in sorted((ROOT / "daemon").rglob("*.c")):
        stem = source.stem
        obj = objects / source.relative_to(ROOT).with_suffix(".o")
        if not obj.exists() or stem == "main":
            continue
        names = subprocess.run(["nm", "-g", "--defined-only", obj], check=True,
                               capture_output=True, text=True).stdout
        for line in names.splitlines():
            name = line.split()[-1]
            allowed = (stem + "_", stem.split("_")[0] + "_", source.parent.name + "_", "error_set")
            if not name.startswith(allowed):
                problem(source, 1, f"exports {name}")


def check_headers():
    """Every header compiles alone."""
    flags = ["-std=c17", "-D_GNU_SOURCE", "-I", ROOT / "daemon", "-I", ROOT, "-I", GENERATED]
    for header in sorted(list((ROOT / "daemon").rglob("*.h")) + list((ROOT / "clients").glob("*.h"))):
        result = subprocess.run(["gcc", "-fsyntax-only", *flags, "-x", "c", header],
                                capture_output=True, text=True)
        if result.returncode != 0:
            problem(header, 1, "does not compile alone: " + result.stderr.split("\n")[0])


def check_format(files):
    sources = [f for f in files if f.suffix in (".c", ".h")]
    result = subprocess.run(["clang-format", "--dry-run", *sources], capture_output=True, text=True)
    names = {line.split(":")[0] for line in result.stderr.splitlines() if "warning:" in line}
    for name in sorted(names):
        problem(pathlib.Path(name), 1, "is not as clang-format would have it")


objects = pathlib.Path(sys.argv[1]).resolve()
GENERATED = objects / "gen"
files = tracked()
for path in files:
    top = path.relative_to(ROOT).parts[0]
    if top not in TOP_LEVEL and not top.startswith("."):
        problem(path, 1, "does not belong at the top level")
    if path.suffix in (".c", ".h", ".py", ".proto", ".md") or path.name == "Makefile":
        check_text(path)
    if path.suffix in (".c", ".h") and top == "daemon":
        check_includes(path)
check_exports(objects)
check_headers()
check_format(files)
for text in problems:
    print(text)
print(f"lint: {len(problems)} problems in {len(files)} files")
sys.exit(1 if problems else 0)
