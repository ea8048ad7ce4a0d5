// Every step of cleaning on events whose kind is known.
#include "host/preprocess/clean.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "host/core/error.hpp"
#include "tests/preprocess/made_events.hpp"

namespace gateless::preprocess {
namespace {

std::size_t count(const PreparedSample& prepared, DropReason reason) {
  return prepared.counts[static_cast<std::size_t>(reason)];
}

bool says(const std::vector<std::string>& lines, const std::string& words) {
  return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    return line.find(words) != std::string::npos;
  });
}

CleanOptions only_margins() {
  return {.time = false, .beads = false, .doublets = false, .debris = false, .dead = false};
}

TEST(Clean, LosesAlmostNothingOfCleanCells) {
  MadeSample made = made_flow_sample(40'000, {});
  const PreparedSample prepared = prepare_sample(std::move(made.sample), made.panel, nullptr);
  EXPECT_GT(prepared.kept, 39'900U);
  EXPECT_EQ(count(prepared, DropReason::kDebris), 0U);
  EXPECT_EQ(count(prepared, DropReason::kDead), 0U);
  EXPECT_EQ(count(prepared, DropReason::kTime), 0U);
}

TEST(Clean, ColumnsAreTheKeptEventsOfTheMarkers) {
  MadeSample made = made_flow_sample(5000, {.doublets = 0.05, .debris = 0.05, .dead = 0.05});
  const RawSample before = made.sample;
  const PreparedSample prepared = prepare_sample(std::move(made.sample), made.panel, nullptr);
  EXPECT_EQ(prepared.events, 5000U);
  EXPECT_EQ(prepared.markers, (std::vector<std::string>{"CD3", "CD19"}));
  EXPECT_EQ(prepared.ranges, (std::vector<double>{262144.0, 262144.0}));
  EXPECT_EQ(prepared.compensation, "none");
  ASSERT_EQ(prepared.columns.size(), 2U);
  ASSERT_EQ(prepared.columns[0].size(), prepared.kept);
  std::size_t kept = 0;
  for (std::size_t event = 0; event < 5000; ++event) {
    if (prepared.reasons[event] != DropReason::kKept) continue;
    EXPECT_EQ(prepared.event_index[kept], event);
    EXPECT_EQ(prepared.columns[0][kept], before.values[5][event]);
    EXPECT_EQ(prepared.columns[1][kept], before.values[6][event]);
    ++kept;
  }
  EXPECT_EQ(kept, prepared.kept);
  std::size_t sum = 0;
  for (const std::size_t events : prepared.counts) sum += events;
  EXPECT_EQ(sum, 5000U);
}

TEST(Clean, TellsDoubletsDebrisAndDeadCells) {
  MadeSample made = made_flow_sample(60'000, {.doublets = 0.03, .debris = 0.03, .dead = 0.05});
  const std::vector<MadeKind> kinds = made.kinds;
  const PreparedSample prepared = prepare_sample(std::move(made.sample), made.panel, nullptr);
  for (const auto& [kind, reason] : {std::pair{MadeKind::kDoublet, DropReason::kDoublet},
                                     std::pair{MadeKind::kDebris, DropReason::kDebris},
                                     std::pair{MadeKind::kDead, DropReason::kDead}}) {
    double truth = 0.0;
    double called = 0.0;
    double right = 0.0;
    for (std::size_t event = 0; event < kinds.size(); ++event) {
      truth += kinds[event] == kind ? 1.0 : 0.0;
      called += prepared.reasons[event] == reason ? 1.0 : 0.0;
      right += kinds[event] == kind && prepared.reasons[event] == reason ? 1.0 : 0.0;
    }
    EXPECT_GT(right / truth, 0.95) << kDropReasonNames[static_cast<std::size_t>(reason)];
    EXPECT_GT(right / called, 0.95) << kDropReasonNames[static_cast<std::size_t>(reason)];
  }
  EXPECT_TRUE(says(prepared.notes, "doublet: "));
  EXPECT_TRUE(says(prepared.notes, "debris: FSC-A below "));
  EXPECT_TRUE(says(prepared.notes, "dead: Live above "));
}

TEST(Clean, StepsCanBeSwitchedOff) {
  MadeSample made = made_flow_sample(20'000, {.doublets = 0.03, .debris = 0.03, .dead = 0.05});
  const PreparedSample prepared =
      prepare_sample(std::move(made.sample), made.panel, nullptr, only_margins());
  EXPECT_EQ(prepared.kept, 20'000U);
}

TEST(Clean, DropsEventsWithoutANumber) {
  MadeSample made = made_flow_sample(3000, {});
  made.sample.values[5][7] = std::numeric_limits<float>::quiet_NaN();
  made.sample.values[0][9] = std::numeric_limits<float>::infinity();
  const PreparedSample prepared = prepare_sample(std::move(made.sample), made.panel, nullptr);
  EXPECT_EQ(prepared.reasons[7], DropReason::kNonFinite);
  EXPECT_EQ(prepared.reasons[9], DropReason::kNonFinite);
  EXPECT_EQ(count(prepared, DropReason::kNonFinite), 2U);
}

TEST(Margins, AreJudgedBeforeCompensation) {
  MadeSample made = made_flow_sample(3000, {});
  made.sample.values[5][3] = 262143.0F;  // CD3 at its limit; compensation brings it below
  made.sample.values[6][3] = 100'000.0F;
  made.sample.values[6][4] = 262142.0F;  // below the limit; compensation would bring it over
  made.sample.values[5][4] = -10'000.0F;
  Spillover spillover{{"CD3", "CD19"}, Matrix<double>(2, 2)};
  spillover.coefficients(0, 0) = spillover.coefficients(1, 1) = 1.0;
  spillover.coefficients(0, 1) = spillover.coefficients(1, 0) = 0.02;  // too little to be seen
  const PreparedSample prepared =
      prepare_sample(std::move(made.sample), made.panel, &spillover, only_margins());
  EXPECT_EQ(prepared.reasons[3], DropReason::kMargin);
  EXPECT_EQ(prepared.reasons[4], DropReason::kKept);
  EXPECT_EQ(count(prepared, DropReason::kMargin), 1U);
  EXPECT_GT(prepared.columns[1][3], 262144.0F);
  EXPECT_EQ(prepared.compensation, "2 channels");
}

TEST(Margins, OfManyEventsAreReportedAndKept) {
  MadeSample made = made_flow_sample(3000, {});
  for (std::size_t event = 0; event < 300; ++event) made.sample.values[2][event] = 262143.0F;
  const PreparedSample prepared =
      prepare_sample(std::move(made.sample), made.panel, nullptr, only_margins());
  EXPECT_EQ(prepared.kept, 3000U);
  EXPECT_TRUE(says(prepared.warnings, "10.0 % of the events are at a limit of SSC-A"));
}

TEST(Time, FaultsOfSignalAreDroppedWithTheirNeighboursKept) {
  MadeSample made = made_flow_sample(60'000, {});
  for (std::size_t event = 20'000; event < 22'000; ++event) {
    made.sample.values[5][event] *= 0.5F;
    made.sample.values[6][event] *= 0.5F;
  }
  const PreparedSample prepared = prepare_sample(std::move(made.sample), made.panel, nullptr);
  std::size_t found = 0;
  for (std::size_t event = 20'000; event < 22'000; ++event) {
    found += prepared.reasons[event] == DropReason::kTime ? 1U : 0U;
  }
  EXPECT_GT(found, 1900U);
  EXPECT_LT(count(prepared, DropReason::kTime) - found, 400U);
}

TEST(Time, ClogsAndBurstsOfRateAreDropped) {
  MadeSample made = made_flow_sample(60'000, {});
  float now = 0.0F;
  Normals normal(9);
  for (std::size_t event = 0; event < 60'000; ++event) {
    const bool is_clog = event >= 10'000 && event < 11'000;
    const bool is_burst = event >= 40'000 && event < 41'000;
    const double rate = is_clog ? 0.25 : is_burst ? 4.0 : 1.0;
    now += static_cast<float>(-std::log(1.0 - normal.uniform()) / rate);
    made.sample.values[7][event] = now;
  }
  const PreparedSample prepared = prepare_sample(std::move(made.sample), made.panel, nullptr);
  std::size_t found = 0;
  for (const std::size_t first : {10'000U, 40'000U}) {
    for (std::size_t event = first; event < first + 1000; ++event) {
      found += prepared.reasons[event] == DropReason::kTime ? 1U : 0U;
    }
  }
  EXPECT_GT(found, 1800U);
  EXPECT_LE(count(prepared, DropReason::kTime) - found,
            600U);  // a bin of 150 events at each border
}

TEST(Time, SlowDriftIsReportedAndKept) {
  MadeSample made = made_flow_sample(60'000, {});
  for (std::size_t event = 0; event < 60'000; ++event) {
    made.sample.values[5][event] *= 1.0F - 0.4F * static_cast<float>(event) / 60'000.0F;
  }
  const PreparedSample prepared = prepare_sample(std::move(made.sample), made.panel, nullptr);
  EXPECT_EQ(count(prepared, DropReason::kTime), 0U);
  EXPECT_TRUE(says(prepared.warnings, "slow drift over the acquisition in CD3"));
}

TEST(Time, ClogsAndStepsOfAnyLengthAreDroppedOrNamedWithTheirPlace) {
  for (const double length : {0.03, 0.08, 0.15, 0.3, 0.5}) {
    MadeSample made = made_flow_sample(40'000, {});
    const auto first = static_cast<std::size_t>(40'000 * 0.4);
    const auto last = first + static_cast<std::size_t>(40'000 * length);
    for (std::size_t event = first; event < last; ++event) made.sample.values[5][event] *= 0.4F;
    const PreparedSample prepared = prepare_sample(std::move(made.sample), made.panel, nullptr);
    const bool is_dropped = 10 * count(prepared, DropReason::kTime) > 8 * (last - first);
    EXPECT_TRUE(is_dropped || says(prepared.warnings, "between 40 % and")) << length;
    EXPECT_TRUE(is_dropped || prepared.is_doubtful) << length;
  }
}

TEST(Time, JoinedRunsAndGapsOfTheClockCostNoEvents) {
  for (const bool is_joined : {true, false}) {
    MadeSample made = made_flow_sample(20'000, {});
    std::vector<float>& clock = made.sample.values.back();
    const float half = clock[10'000];
    for (std::size_t event = 0; event < clock.size(); ++event) {
      if (is_joined && event >= 10'000) clock[event] -= half;
      if (!is_joined && event % 50 == 0) clock[event] = std::numeric_limits<float>::quiet_NaN();
    }
    const PreparedSample prepared = prepare_sample(std::move(made.sample), made.panel, nullptr);
    EXPECT_EQ(count(prepared, DropReason::kTime), 0U);
    EXPECT_EQ(count(prepared, DropReason::kNonFinite), 0U);
  }
}

TEST(Time, OfSeveralClocksTheOneThatRunsIsTaken) {
  MadeSample made = made_flow_sample(20'000, {});
  std::vector<float> high_words(20'000, 0.0F);
  add_channel(made.sample, made.panel, "TIME_MSW", ChannelRole::kTime, PulseShape::kNone, 0.0,
              high_words);
  std::rotate(made.panel.channels.begin(), made.panel.channels.end() - 1,
              made.panel.channels.end());
  const PreparedSample both = prepare_sample(std::move(made.sample), made.panel, nullptr);
  EXPECT_FALSE(says(both.warnings, "the clock does not advance"));
  MadeSample still = made_flow_sample(20'000, {});
  still.sample.values.back() = high_words;
  EXPECT_TRUE(says(prepare_sample(std::move(still.sample), still.panel, nullptr).warnings,
                   "the clock does not advance"));
}

TEST(Time, DoesNotDependOnTheOrderOfEventsInTheFile) {
  MadeSample made = made_flow_sample(20'000, {});
  for (std::size_t event = 8000; event < 9000; ++event) made.sample.values[5][event] *= 0.2F;
  MadeSample reversed = made;
  for (std::vector<float>& values : reversed.sample.values)
    std::reverse(values.begin(), values.end());
  const PreparedSample forward = prepare_sample(std::move(made.sample), made.panel, nullptr);
  PreparedSample backward = prepare_sample(std::move(reversed.sample), reversed.panel, nullptr);
  std::reverse(backward.reasons.begin(), backward.reasons.end());
  EXPECT_EQ(forward.reasons, backward.reasons);
  EXPECT_GT(count(forward, DropReason::kTime), 900U);
}

/// A mass sample: 2 markers, 2 bead metals, DNA, event length.
MadeSample made_mass_sample(std::size_t events) {
  Normals normal(3);
  std::vector<float> cd3, cd19, ce, lu, dna, length;
  MadeSample made;
  for (std::size_t event = 0; event < events; ++event) {
    const double draw = normal.uniform();
    const bool is_bead = draw < 0.02;
    const bool is_debris = draw >= 0.02 && draw < 0.05;
    const bool is_doublet = draw >= 0.05 && draw < 0.08;
    made.kinds.push_back(is_doublet  ? MadeKind::kDoublet
                         : is_debris ? MadeKind::kDebris
                                     : MadeKind::kCell);
    const double times = is_doublet ? 2.0 : is_debris ? 0.05 : is_bead ? 0.0 : 1.0;
    cd3.push_back(static_cast<float>(
        std::max(0.0, times * (normal.uniform() < 0.6 ? 200.0 : 3.0) * std::exp(0.4 * normal()))));
    cd19.push_back(static_cast<float>(std::max(0.0, times * 5.0 * std::exp(0.4 * normal()))));
    ce.push_back(static_cast<float>(is_bead ? 1500.0 * std::exp(0.15 * normal())
                                            : std::max(0.0, 2.0 * normal())));
    lu.push_back(
        static_cast<float>(is_bead ? 800.0 * std::exp(0.15 * normal()) : std::max(0.0, normal())));
    dna.push_back(static_cast<float>(times * 1500.0 * std::exp(0.12 * normal())));
    length.push_back(static_cast<float>(30.0 * std::exp(0.15 * normal())));
    if (is_bead) made.kinds.back() = MadeKind::kDead;  // stands for a bead here
  }
  made.sample.path = "mass.fcs";
  made.panel.instrument = Instrument::kMass;
  add_channel(made.sample, made.panel, "CD3", ChannelRole::kMarker, PulseShape::kNone, 4096, cd3);
  add_channel(made.sample, made.panel, "CD19", ChannelRole::kMarker, PulseShape::kNone, 4096, cd19);
  add_channel(made.sample, made.panel, "Ce140", ChannelRole::kBead, PulseShape::kNone, 4096, ce);
  add_channel(made.sample, made.panel, "Lu175", ChannelRole::kBead, PulseShape::kNone, 4096, lu);
  add_channel(made.sample, made.panel, "Ir191", ChannelRole::kDna, PulseShape::kNone, 4096, dna);
  add_channel(made.sample, made.panel, "Event_length", ChannelRole::kEventLength, PulseShape::kNone,
              4096, length);
  return made;
}

TEST(Mass, BeadsDoubletsAndDebrisAreTold) {
  MadeSample made = made_mass_sample(30'000);
  const std::vector<MadeKind> kinds = made.kinds;
  const PreparedSample prepared = prepare_sample(std::move(made.sample), made.panel, nullptr);
  for (const auto& [kind, reason] : {std::pair{MadeKind::kDoublet, DropReason::kDoublet},
                                     std::pair{MadeKind::kDebris, DropReason::kDebris},
                                     std::pair{MadeKind::kDead, DropReason::kBead}}) {
    double truth = 0.0;
    double called = 0.0;
    double right = 0.0;
    for (std::size_t event = 0; event < kinds.size(); ++event) {
      truth += kinds[event] == kind ? 1.0 : 0.0;
      called += prepared.reasons[event] == reason ? 1.0 : 0.0;
      right += kinds[event] == kind && prepared.reasons[event] == reason ? 1.0 : 0.0;
    }
    EXPECT_GT(right / truth, 0.95) << kDropReasonNames[static_cast<std::size_t>(reason)];
    EXPECT_GT(right / called, 0.9) << kDropReasonNames[static_cast<std::size_t>(reason)];
  }
  EXPECT_EQ(count(prepared, DropReason::kMargin), 0U);
}

TEST(Clean, FewAndNoEventsPassThrough) {
  for (const std::size_t events : {std::size_t{0}, std::size_t{1}, std::size_t{50}}) {
    MadeSample made = made_flow_sample(events, {});
    for (std::vector<float>& values : made.sample.values) values.resize(events);
    made.sample.events = events;
    const PreparedSample prepared = prepare_sample(std::move(made.sample), made.panel, nullptr);
    EXPECT_EQ(prepared.kept, events);
    EXPECT_EQ(prepared.columns.size(), 2U);
  }
}

TEST(Clean, ConstantChannelsLoseNothing) {
  MadeSample made = made_flow_sample(5000, {});
  for (std::vector<float>& values : made.sample.values)
    std::fill(values.begin(), values.end(), 7.0F);
  EXPECT_EQ(prepare_sample(std::move(made.sample), made.panel, nullptr).kept, 5000U);
}

TEST(Clean, RefusesAPanelOfOtherChannels) {
  MadeSample made = made_flow_sample(100, {});
  made.panel.channels.back().channel = 99;
  EXPECT_THROW((void)prepare_sample(std::move(made.sample), made.panel, nullptr), InputError);
}

}  // namespace
}  // namespace gateless::preprocess
