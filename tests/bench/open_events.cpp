// The part of a real data set's events that proposals of the cuda backend leave open, pass by pass, on the simulated GPU.
// usage: open_events EVENTS.f32 MARKERS NODES [PASSES LOOKED_AT]   float32, marker by marker (weber.py prepare)
#include <fmt/core.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "host/compute/cpu_backend.hpp"
#include "host/core/layers.hpp"
#include "tests/bench/lloyd_step.hpp"
#include "tests/compute/kernel_pass.hpp"

namespace {

using namespace gateless;
using namespace gateless::app;

MadeEvents read_events(const std::string& path, std::size_t markers) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  const std::size_t count = bytes.size() / sizeof(float) / markers;
  MadeEvents events(markers, count);
  for (std::size_t marker = 0; marker < markers; ++marker) {
    __builtin_memcpy(&events.at(marker, 0), bytes.data() + marker * count * sizeof(float),
                     count * sizeof(float));
  }
  return events;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 && argc != 6) {
    fmt::print(stderr, "usage: {} EVENTS.f32 MARKERS NODES [PASSES LOOKED_AT]\n", argv[0]);
    return 2;
  }
  const std::size_t markers = std::stoull(argv[2]);
  const std::size_t nodes = std::stoull(argv[3]);
  const int passes = argc == 6 ? std::stoi(argv[4]) : 6;
  MadeEvents events = read_events(argv[1], markers);
  const Scaling scaling = scaling_of(events.view(), 2);
  for (std::size_t marker = 0; marker < markers; ++marker) {
    for (std::size_t event = 0; event < events.view().events; ++event) {
      float& x = events.at(marker, event);
      x = (x - scaling.shift[marker]) * scaling.scale;
    }
  }
  const EventView view = events.view();
  const std::size_t looked_at =
      std::min<std::size_t>(view.events, argc == 6 ? std::stoull(argv[5]) : 3000);
  Matrix<float> codebook(nodes, markers);
  for (std::size_t node = 0; node < nodes; ++node) {
    for (std::size_t marker = 0; marker < markers; ++marker)
      codebook(node, marker) = view.marker(marker)[node * (view.events / nodes)];
  }
  const auto resident =
      make_cpu_backend({.threads = 2})->load(view, {std::vector<float>(markers), 1.0F});
  for (int pass = 0; pass < passes; ++pass)
    bench::move_to_means(resident->pass(codebook), codebook);
  // Events in all parts of the file.
  MadeEvents some(markers, looked_at);
  for (std::size_t event = 0; event < looked_at; ++event) {
    for (std::size_t marker = 0; marker < markers; ++marker)
      some.at(marker, event) = view.marker(marker)[event * (view.events / looked_at)];
  }
  const Outcome outcome = pass_of(some.view(), codebook, {.nearest_by = NearestBy::kProposal});
  fmt::print("| {} | {} | {} | {} | {:.2f} % |\n", argv[1], view.events, markers, nodes,
             100.0 * static_cast<double>(outcome.remeasured) / static_cast<double>(looked_at));
  return 0;
}
