// More events than 32 bits count: sums go on from where others ended, and of five thousand million events none is lost.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "host/compute/cpu_backend.hpp"
#include "host/compute/node_pass.hpp"
#include "host/core/parallel.hpp"
#include "tests/sanitized.hpp"

namespace gateless::compute {
namespace {

constexpr std::uint64_t kUnit = std::uint64_t{1} << static_cast<unsigned>(kFractionBits);

TEST(LargeCounts, GoOnBeyond32Bits) {
  // One marker, node 0 at 1; the others of the group are nowhere.
  constexpr float kNowhere = std::numeric_limits<float>::infinity();
  std::array<float, 2 * kGroupNodes> codebook{};
  std::fill(codebook.begin() + 1, codebook.begin() + kGroupNodes, kNowhere);
  codebook[0] = 0.5F;
  codebook[kGroupNodes] = 1.0F;
  const std::vector<float> events(1000, 1.0F);
  const float shift = 0.0F;
  std::size_t kernels = 0;
  for (const NodePass pass : {node_pass_avx512(), node_pass_avx2(), node_pass_baseline()}) {
    if (pass == nullptr) continue;
    ++kernels;
    std::vector<SumLanes> sums(kGroupNodes);
    std::vector<std::uint64_t> counts(kGroupNodes);
    counts[0] = (std::uint64_t{1} << 32U) - 3;
    sums[0].markers[0] = static_cast<std::int64_t>(counts[0] * kUnit);
    pass({.events = events.data(),
          .stride = events.size(),
          .count = events.size(),
          .markers = 1,
          .shift = &shift,
          .scale = 1.0F,
          .codebook = codebook.data(),
          .groups = 1,
          .sums = sums.data(),
          .counts = counts.data(),
          .nodes = nullptr});
    EXPECT_EQ(counts[0], (std::uint64_t{1} << 32U) + 997);
    EXPECT_EQ(sums[0].markers[0], static_cast<std::int64_t>(counts[0] * kUnit));
  }
  EXPECT_GT(kernels, 0U);
}

/// One marker of many events: the same 16,777,216 values over and over, of which 64 MiB are held.
class RepeatedEvents {
 public:
  RepeatedEvents(std::size_t events, const std::vector<float>& period)
      : events_(events), bytes_((events + period.size()) * sizeof(float)) {
    const std::size_t part = period.size() * sizeof(float);
    const int file = memfd_create("events", MFD_CLOEXEC);
    EXPECT_EQ(write(file, period.data(), part), static_cast<ssize_t>(part));
    values_ = static_cast<char*>(
        mmap(nullptr, bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    for (std::size_t at = 0; at + part <= bytes_; at += part)
      EXPECT_NE(mmap(values_ + at, part, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0), MAP_FAILED);
    close(file);
  }
  RepeatedEvents(const RepeatedEvents&) = delete;
  RepeatedEvents& operator=(const RepeatedEvents&) = delete;
  ~RepeatedEvents() { munmap(values_, bytes_); }

  [[nodiscard]] EventView view() const {
    return {reinterpret_cast<const float*>(values_), 1, events_, events_};
  }

 private:
  std::size_t events_, bytes_;
  char* values_ = nullptr;
};

TEST(LargeCounts, HoldFor5000MillionEvents) {
#if defined(GATELESS_ADDRESS_SANITIZER) || defined(GATELESS_THREAD_SANITIZER)
  GTEST_SKIP() << "too many events for a sanitizer";
#endif
  // Of four events one has -1, three have 1.
  std::vector<float> period(std::size_t{1} << 24U, 1.0F);
  for (std::size_t event = 0; event < period.size(); event += 4) period[event] = -1.0F;
  constexpr std::uint64_t kEvents = 5'000'000'000;
  const RepeatedEvents events(kEvents, period);
  const Scaling scaling{{0.0F}, 1.0F};
  Matrix<float> codebook(2, 1);
  codebook(0, 0) = -1.0F;
  codebook(1, 0) = 1.0F;
  const auto backend = make_cpu_backend({});
  const auto resident = backend->load(events.view(), scaling);
  const NodeSums found = resident->pass(codebook);
  EXPECT_EQ(found.counts[0], kEvents / 4);
  EXPECT_EQ(found.counts[1], kEvents / 4 * 3);
  EXPECT_EQ(found.sums(0, 0), -static_cast<std::int64_t>(kEvents / 4 * kUnit));
  EXPECT_EQ(found.sums(1, 0), static_cast<std::int64_t>(kEvents / 4 * 3 * kUnit));
  const MarkerProducts products = resident->products();
  constexpr auto kOne = static_cast<std::int64_t>(kUnits);
  EXPECT_EQ(products.sums[0], static_cast<std::int64_t>(kEvents / 2) * kOne);
  EXPECT_EQ(products.products(0, 0), static_cast<std::int64_t>(kEvents) * kOne * kOne);
}

}  // namespace
}  // namespace gateless::compute
