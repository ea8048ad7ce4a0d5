#!/usr/bin/env bash
# The installed program runs, has its pages beside it, and other CMake projects find it. usage: install.sh BUILD_FOLDER
set -euo pipefail
build=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cmake --install "$build" --prefix "$scratch/usr" >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; exit 1; }
for file in bin/gateless share/man/man1/gateless.1 share/bash-completion/completions/gateless share/doc/gateless/outputs.md; do
  [ -s "$scratch/usr/$file" ] || { echo "install: $file is missing or empty" >&2; exit 1; }
done
cat >"$scratch/CMakeLists.txt" <<'PROJECT'
cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES CXX)
find_package(gateless 0.1 REQUIRED CONFIG)
file(GENERATE OUTPUT path CONTENT $<TARGET_FILE:gateless::gateless>)
PROJECT
cmake -S "$scratch" -B "$scratch/build" -DCMAKE_PREFIX_PATH="$scratch/usr" >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; exit 1; }
said=$("$(cat "$scratch/build/path")" --version)
[[ $said =~ ^gateless\ [0-9]+\.[0-9]+\.[0-9]+$ ]] || { echo "install: --version says '$said'" >&2; exit 1; }
echo "installed: $said"
