#!/usr/bin/env bash
set -euo pipefail
cmake -S . -B build/conda -G Ninja ${CMAKE_ARGS:-} -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$PREFIX" \
  -DGATELESS_CUDA=OFF -DGATELESS_MPI=OFF -DGATELESS_TESTS=OFF -DGATELESS_BENCHMARKS=OFF
cmake --build build/conda
cmake --install build/conda
