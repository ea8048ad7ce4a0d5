// The backends against the reference: any shape and any bits as values give the same bytes or the same refusal.
#include <bit>
#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "host/compute/event_keys.hpp"
#include "host/compute/reference_backend.hpp"
#include "host/core/layers.hpp"
#include "tests/compute/candidates.hpp"
#include "tests/compute/made_events.hpp"
#include "tests/fuzz/input_file.hpp"
#include "tests/fuzz/targets.hpp"

namespace gateless::fuzz {
namespace {

/// Takes numbers off the bytes; behind their end all are 0.
class Numbers {
 public:
  explicit Numbers(std::string_view bytes) : rest_(bytes) {}

  std::uint32_t below(std::uint32_t bound) { return take<std::uint16_t>() % bound; }
  /// A small whole number of sixteenths, which makes ties, or any bits at all.
  float value(bool any_bits) {
    return any_bits ? std::bit_cast<float>(take<std::uint32_t>())
                    : static_cast<float>(take<std::int8_t>()) / 16.0F;
  }

 private:
  template <class T>
  T take() {
    T number{};
    const std::size_t size = std::min(sizeof(T), rest_.size());
    std::memcpy(&number, rest_.data(), size);
    rest_.remove_prefix(size);
    return number;
  }
  std::string_view rest_;
};

struct Found {
  NodeSums sums;
  std::optional<NodeSquares> squares;
  std::optional<MarkerProducts> products;
  std::vector<NodeIndex> nodes;
  std::vector<NodeIndex> nodes_with_squares;
  std::string refusal;  ///< the message, where the events are refused

  friend bool operator==(const Found&, const Found&) = default;
};

/// `load` gives the resident events.
template <class Load>
Found found_by(const Load& load, std::size_t events, const Matrix<float>& codebook) {
  Found found;
  found.nodes.resize(events);
  found.nodes_with_squares.resize(events);
  try {
    const std::unique_ptr<ResidentEvents> resident = load();
    found.sums = resident->pass(codebook);
    resident->assign(codebook, found.nodes);
    found.squares = resident->assign_with_squares(codebook, found.nodes_with_squares);
    found.products = resident->products();
  } catch (const UserError& error) {
    found = {};
    found.refusal = error.what();
  }
  return found;
}

Found found_by(Backend& backend, EventView events, const Scaling& scaling,
               const Matrix<float>& codebook) {
  return found_by([&] { return backend.load(events, scaling); }, events.events, codebook);
}

/// The same where the backend measures the events on the way.
Found measured_by(Backend& backend, EventView events, const Scaling& scaling,
                  const Matrix<float>& codebook) {
  const auto load = [&] {
    MeasuredEvents measured = backend.load(events);
    require(measured.scaling == scaling, "a measured scaling");
    require(measured.keys == keys_of(events, 1), "measured keys");
    return std::move(measured.events);
  };
  return found_by(load, events.events, codebook);
}

bool run(std::string_view bytes) {
  Numbers numbers(bytes);
  const std::size_t markers = 1 + numbers.below(40);
  const std::size_t nodes = 1 + numbers.below(70);
  const std::size_t events = numbers.below(100);
  const std::uint32_t flags = numbers.below(256);
  const BackendOptions options{.threads = 1 + (flags & 1U),
                               .tile_events = numbers.below(3) * 17,
                               .memory_gib = (flags & 2U) != 0 ? 1e-9 : 0.0};
  MadeEvents made(markers, events);
  for (std::size_t marker = 0; marker < markers; ++marker) {
    for (std::size_t event = 0; event < events; ++event)
      made.at(marker, event) = numbers.value((flags & 4U) != 0);
  }
  Matrix<float> codebook(nodes, markers);
  for (float& weight : codebook.values()) {
    const float value = numbers.value((flags & 8U) != 0);
    weight = std::isfinite(value) ? value : 0.0F;  // what model.h5 holds is finite
  }
  Scaling scaling = scaling_of(made.view(), 1);
  if ((flags & 16U) != 0) scaling.scale = 1.0F;  // as of a frozen model: values are cut
  const Found expected = found_by(*make_reference_backend(), made.view(), scaling, codebook);
  for (const Candidate& candidate : candidates()) {
    // A simulated GPU takes a hundred times as long, so one input in eight has it.
    if (candidate.name.starts_with("Simulated") && flags < 224) continue;
    const auto backend = candidate.make(options);
    if (backend == nullptr) continue;
    require(found_by(*backend, made.view(), scaling, codebook) == expected, candidate.name.c_str());
    if ((flags & 16U) != 0) continue;
    require(measured_by(*backend, made.view(), scaling, codebook) == expected,
            candidate.name.c_str());
  }
  return expected.refusal.empty();
}

std::vector<std::string> seeds() {
  std::vector<std::string> all;
  for (const unsigned flags : {0U, 1U, 2U, 4U, 8U, 12U, 16U, 31U, 224U, 236U}) {
    std::string seed;
    for (const unsigned number : {5U, 9U, 33U, flags, 1U}) {
      seed.push_back(static_cast<char>(number & 0xFFU));
      seed.push_back(static_cast<char>(number >> 8U));
    }
    const Philox random(flags, 0);
    for (std::uint64_t counter = 0; counter < 400; ++counter)
      seed.push_back(static_cast<char>(random.below(256, counter)));
    all.push_back(seed);
  }
  return all;
}

}  // namespace

Target backends_target() { return {"backends", run, seeds}; }

std::vector<Target> targets() {
  return {fcs_target(),       csv_target(),  sheet_target(), study_target(),
          knowledge_target(), h5ad_target(), model_target(), backends_target()};
}

}  // namespace gateless::fuzz
