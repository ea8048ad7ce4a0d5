// The cuda backend where memory ends, events are streamed, devices are several and ties are many: the result is the same.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "host/compute/reference_backend.hpp"
#include "host/core/error.hpp"
#include "tests/compute/made_events.hpp"
#include "tests/compute/simulated_device.hpp"

namespace gateless::compute {
namespace {

using simulated::DeviceLog;
using simulated::DeviceTraits;

struct Case {
  MadeEvents events = uniform_events(5, 20011, -2.0, 3.0, 4);
  Matrix<float> codebook = uniform_codebook(6, 5, 4);
  Scaling scaling = scaling_of(events.view(), 1);

  void expect_same(ResidentEvents& found) const {
    const auto expected = make_reference_backend()->load(events.view(), scaling);
    std::vector<NodeIndex> nodes(20011);
    std::vector<NodeIndex> expected_nodes(20011);
    for (int repetition = 0; repetition < 2; ++repetition) {
      EXPECT_TRUE(found.pass(codebook) == expected->pass(codebook));
    }
    EXPECT_TRUE(found.assign_with_squares(codebook, nodes) ==
                expected->assign_with_squares(codebook, expected_nodes));
    EXPECT_EQ(nodes, expected_nodes);
    std::fill(nodes.begin(), nodes.end(), NodeIndex{4711});
    found.assign(codebook, nodes);
    EXPECT_EQ(nodes, expected_nodes);
    EXPECT_TRUE(found.products() == expected->products());
  }
};

TEST(DeviceMemory, HoldsAllEventsInOnePassWhereItSuffices) {
  const Case made;
  DeviceLog log;
  const auto found = simulated::make_backend({.tile_events = 5000}, {}, log)
                         ->load(made.events.view(), made.scaling);
  EXPECT_TRUE(found->pass(made.codebook).counts.size() == 6);
  EXPECT_EQ(log.pass_events, std::vector<std::size_t>{20011});
}

TEST(DeviceMemory, StreamsTilesOfWholeLinesWhereItDoesNot) {
  const Case made;
  DeviceLog log;
  std::vector<std::string> warnings;
  BackendOptions options{.tile_events = 7000};
  options.warn = [&](const std::string& what) { warnings.push_back(what); };
  const DeviceTraits small{.memory_bytes = (256U << 20U) + 20011 * 4};  // with what is reserved
  const auto found =
      simulated::make_backend(options, small, log)->load(made.events.view(), made.scaling);
  made.expect_same(*found);
  EXPECT_EQ(std::vector<std::size_t>(log.pass_events.begin(), log.pass_events.begin() + 3),
            (std::vector<std::size_t>{7008, 7008, 5995}));
  EXPECT_TRUE(warnings.empty()) << warnings.front();  // as planned
}

TEST(DeviceMemory, GoesOnWithSmallerTilesWhereItEnds) {
  const Case made;
  for (const std::size_t refuses_above : {450000U, 300000U, 150000U}) {
    DeviceLog log;
    std::vector<std::string> warnings;
    BackendOptions options;
    options.warn = [&](const std::string& what) { warnings.push_back(what); };
    const auto found = simulated::make_backend(options, {.refuses_above = refuses_above}, log)
                           ->load(made.events.view(), made.scaling);
    made.expect_same(*found);
    ASSERT_FALSE(warnings.empty());
    EXPECT_NE(warnings.back().find("streamed in tiles of"), std::string::npos) << warnings.back();
  }
}

TEST(DeviceMemory, GoesOnWhereItEndsInAPass) {
  // All events fit to the byte, the codebook beside them does not.
  const Case made;
  DeviceLog log;
  std::vector<std::string> warnings;
  BackendOptions options;
  options.warn = [&](const std::string& what) { warnings.push_back(what); };
  const std::size_t stride = 20032;
  const DeviceTraits exact{.refuses_above = stride * 5 * 4 + 2 * stride * 2};
  const auto found =
      simulated::make_backend(options, exact, log)->load(made.events.view(), made.scaling);
  EXPECT_TRUE(warnings.empty());
  made.expect_same(*found);
  EXPECT_FALSE(warnings.empty());
}

TEST(DeviceMemory, GoesOnWhereItEndsWhileATileIsInWork) {
  // Kernels that are loaded when first started take memory, too.
  const Case made;
  struct Place {
    double memory_gib;
    std::size_t start;
  };
  // Streamed: the second tile of the first pass and of the squares; resident: the first pass, the second tile of squares.
  for (const Place& place : {Place{1e-9, 2}, Place{1e-9, 8}, Place{0.0, 1}, Place{0.0, 4}}) {
    DeviceLog log;
    std::vector<std::string> warnings;
    BackendOptions options{.tile_events = 7000, .memory_gib = place.memory_gib};
    options.warn = [&](const std::string& what) { warnings.push_back(what); };
    const auto found = simulated::make_backend(options, {.refuses_start = place.start}, log)
                           ->load(made.events.view(), made.scaling);
    made.expect_same(*found);
    EXPECT_EQ(warnings.size(), 1U);
  }
}

TEST(DeviceMemory, MeasuresOnTheHostWhereItEnds) {
  const Case made;
  const MeasuredEvents expected = make_reference_backend()->load(made.events.view());
  const std::size_t stride = 20032;
  const std::size_t loaded = stride * 5 * 4 + 2 * 7008 * 2;  // events and labels
  struct Place {
    std::size_t refuses_above;
    std::size_t refuses_raw;
  };
  const std::size_t plenty = std::size_t{1} << 40U;
  // Nothing for the events, for the keys of a tile; then for work: three tiles' keys, five ranges, five scalings.
  for (const Place place : {Place{300'000, 0}, Place{loaded, 0}, Place{plenty, 1}, Place{plenty, 2},
                            Place{plenty, 5}, Place{plenty, 9}, Place{plenty, 11}}) {
    SCOPED_TRACE(place.refuses_raw);
    DeviceLog log;
    std::vector<std::string> warnings;
    BackendOptions options{.tile_events = 7000};
    options.warn = [&](const std::string& what) { warnings.push_back(what); };
    const MeasuredEvents found =
        simulated::make_backend(
            options, {.refuses_above = place.refuses_above, .refuses_raw = place.refuses_raw}, log)
            ->load(made.events.view());
    EXPECT_FALSE(warnings.empty());
    EXPECT_EQ(found.scaling, expected.scaling);
    EXPECT_EQ(found.keys, expected.keys);
    made.expect_same(*found.events);
  }
}

TEST(DeviceMemory, KeepsTheEventsWhereAListOfFarOnesDoesNotFit) {
  const Case made;
  DeviceLog log;
  std::vector<std::string> warnings;
  BackendOptions options;
  options.warn = [&](const std::string& what) { warnings.push_back(what); };
  const std::size_t stride = 20032;
  const auto found = simulated::make_backend(
                         options, {.refuses_above = stride * 5 * 4 + 2 * stride * 2 + 1000}, log)
                         ->load(made.events.view(), made.scaling);
  const std::vector<NodeIndex> nodes(20011, 0);
  const std::vector<float> unit(5, 1.0F);
  EXPECT_FALSE(found->far_events({Matrix<float>(5, 6), unit, nodes, 0.5F}).has_value());
  EXPECT_TRUE(warnings.empty());
  made.expect_same(*found);
}

TEST(Devices, ListTheFarEventsOfAllShares) {
  const Case made;
  DeviceLog log;
  const std::vector<NodeIndex> nodes(20011, 0);
  const std::vector<float> unit(5, 1.0F);
  const Matrix<float> places(5, 6);
  const FarQuestion question{places, unit, nodes, 0.5F};
  const auto one = simulated::make_backend({}, {}, log)->load(made.events.view(), made.scaling);
  const auto three = simulated::make_backend({.threads = 2, .devices = {0, 1, 2}}, {}, log)
                         ->load(made.events.view(), made.scaling);
  const auto expected = one->far_events(question);
  ASSERT_TRUE(expected.has_value());
  EXPECT_GT(expected->size(), 1000U);
  EXPECT_LT(expected->size(), 20000U);
  EXPECT_EQ(three->far_events(question), expected);
}

TEST(Devices, MeasureTheirSharesWithoutChangingTheResult) {
  const Case made;
  const MeasuredEvents expected = make_reference_backend()->load(made.events.view());
  for (const std::vector<int>& devices : {std::vector{0, 1}, std::vector{0, 1, 2, 3, 4}}) {
    DeviceLog log;
    const MeasuredEvents found =
        simulated::make_backend({.threads = 2, .tile_events = 1000, .devices = devices}, {}, log)
            ->load(made.events.view());
    EXPECT_EQ(found.scaling, expected.scaling);
    EXPECT_EQ(found.keys, expected.keys);
    made.expect_same(*found.events);
  }
}

TEST(DeviceMemory, GivesUpWithTheReasonWhereNothingIsLeft) {
  const Case made;
  DeviceLog log;
  try {
    (void)simulated::make_backend({}, {.refuses_above = 1000}, log)
        ->load(made.events.view(), made.scaling);
    FAIL() << "loaded";
  } catch (const DeviceError& error) {
    EXPECT_NE(std::string(error.what()).find("nothing left"), std::string::npos);
  }
}

TEST(Devices, ShareTheEventsWithoutChangingTheResult) {
  const Case made;
  for (const std::vector<int>& devices : {std::vector{0, 1}, std::vector{0, 1, 2, 3, 4}}) {
    DeviceLog log;
    const auto found = simulated::make_backend({.threads = 2, .devices = devices}, {}, log)
                           ->load(made.events.view(), made.scaling);
    made.expect_same(*found);
  }
}

TEST(Devices, MayBeMoreThanEvents) {
  DeviceLog log;
  const MadeEvents events = uniform_events(2, 3, 0.0, 1.0, 1);
  const auto found = simulated::make_backend({.devices = {0, 1, 2, 3, 4}}, {}, log)
                         ->load(events.view(), {{0.0F, 0.0F}, 1.0F});
  EXPECT_EQ(found->pass(Matrix<float>(1, 2)).counts[0], 3U);
  const MeasuredEvents measured =
      simulated::make_backend({.devices = {0, 1, 2, 3, 4}}, {}, log)->load(events.view());
  EXPECT_EQ(measured.scaling, scaling_of(events.view(), 1));
  EXPECT_EQ(measured.events->pass(Matrix<float>(1, 2)).counts[0], 3U);
}

TEST(Devices, StopProposingWhereTooMuchIsMeasuredAgain) {
  const MadeEvents events = uniform_events(10, 500, -1.0, 1.0, 2);
  const Scaling scaling = scaling_of(events.view(), 1);
  for (const NearestBy nearest_by : {NearestBy::kProposalWhileFew, NearestBy::kProposal}) {
    DeviceLog log;
    const auto found =
        simulated::make_backend({.nearest_by = nearest_by}, {}, log)->load(events.view(), scaling);
    const auto expected = make_reference_backend()->load(events.view(), scaling);
    const Matrix<float> ties(40, 10, 0.5F);
    for (int repetition = 0; repetition < 2; ++repetition) {
      EXPECT_TRUE(found->pass(ties) == expected->pass(ties));
    }
    const bool stops = nearest_by == NearestBy::kProposalWhileFew;
    EXPECT_EQ(log.passes_by_proposal, stops ? 1U : 2U);
    EXPECT_EQ(log.passes_by_chain, stops ? 1U : 0U);
  }
}

}  // namespace
}  // namespace gateless::compute
