// Files of one panel that were treated differently, each made of a few hundred events whose levels are known.
#include "host/preprocess/panel_check.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/preprocess/compensation_state.hpp"
#include "host/preprocess/value_scale.hpp"
#include "tests/preprocess/made_events.hpp"

namespace gateless::preprocess {
namespace {

constexpr std::size_t kEvents = 3000;
constexpr double kSpilt = 0.3;

/// CD19 bright in one of four events, CD27 in one of five others; CD19's light spills into CD27's detector.
struct TwoDyes {
  std::vector<float> cd19, cd27;
};

TwoDyes two_dyes(std::uint64_t seed, bool is_raw) {
  Normals normal(seed);
  TwoDyes dyes;
  for (std::size_t event = 0; event < kEvents; ++event) {
    const double cd19 = (event % 4 == 0 ? 8000.0 : 100.0) * std::exp(0.2 * normal());
    const double cd27 = (event % 5 == 1 ? 6000.0 : 100.0) * std::exp(0.2 * normal());
    dyes.cd19.push_back(static_cast<float>(cd19 + 30.0 * normal()));
    dyes.cd27.push_back(
        static_cast<float>(cd27 + (is_raw ? kSpilt * cd19 : 0.0) + 30.0 * normal()));
  }
  return dyes;
}

Spillover matrix() {
  Spillover spillover{.channels = {"CD19", "CD27"}, .coefficients = Matrix<double>(2, 2, 0.0)};
  spillover.coefficients(0, 0) = spillover.coefficients(1, 1) = 1.0;
  spillover.coefficients(0, 1) = kSpilt;
  return spillover;
}

CompensationState state_of(const TwoDyes& dyes) {
  return compensation_state(matrix(), [&](const std::string& name) {
    return std::span<const float>(name == "CD19" ? dyes.cd19 : dyes.cd27);
  });
}

TEST(CompensationStates, AreToldByTheLightOfTheBrightestEvents) {
  EXPECT_EQ(state_of(two_dyes(1, true)), CompensationState::kRaw);
  EXPECT_EQ(state_of(two_dyes(1, false)), CompensationState::kCompensated);
  TwoDyes dim = two_dyes(1, true);
  for (float& value : dim.cd19) value = std::min(value, 120.0F);
  EXPECT_EQ(state_of(dim), CompensationState::kUnclear);
  const TwoDyes same{std::vector<float>(kEvents, 9.0F), std::vector<float>(kEvents, 9.0F)};
  EXPECT_EQ(state_of(same), CompensationState::kUnclear);
}

/// One file of the panel CD19, CD27, prepared from values that `change` is applied to.
struct MadeFile {
  Panel panel;
  PreparedSample prepared;
};

template <class Change>
MadeFile made_file(std::uint64_t seed, bool is_raw, const Spillover* spillover, Change change) {
  MadeFile file;
  RawSample sample;
  TwoDyes dyes = two_dyes(seed, is_raw);
  for (float& value : dyes.cd19) value = change("CD19", value);
  for (float& value : dyes.cd27) value = change("CD27", value);
  add_channel(sample, file.panel, "CD19", ChannelRole::kMarker, PulseShape::kArea, 262144.0,
              dyes.cd19);
  add_channel(sample, file.panel, "CD27", ChannelRole::kMarker, PulseShape::kArea, 262144.0,
              dyes.cd27);
  for (PanelChannel& channel : file.panel.channels) channel.is_known = true;
  file.prepared = prepare_sample(std::move(sample), file.panel, spillover);
  return file;
}

float same(const std::string& /*marker*/, float value) { return value; }

PanelCheck check(const std::vector<MadeFile>& files, const Spillover* spillover = nullptr) {
  std::vector<FileOfPanel> members;
  for (std::size_t file = 0; file < files.size(); ++file) {
    const bool has_matrix = files[file].prepared.is_compensated;
    members.push_back({"f" + std::to_string(file), &files[file].prepared, &files[file].panel,
                       has_matrix ? spillover : nullptr});
  }
  return check_panel(members, {"CD19", "CD27"}, 2);
}

TEST(PanelChecks, LikeFilesPassWithoutAWord) {
  const Spillover spillover = matrix();
  const std::vector<MadeFile> files{made_file(1, true, &spillover, same),
                                    made_file(2, true, &spillover, same),
                                    made_file(3, true, &spillover, same)};
  const PanelCheck found = check(files, &spillover);
  EXPECT_TRUE(found.refusals.empty());
  EXPECT_TRUE(found.warnings.empty());
  EXPECT_TRUE(found.doubts.empty());
}

TEST(PanelChecks, OneMarkerOnAnotherScaleIsDoubtedThere) {
  const auto cd27_times_16 = [](const std::string& marker, float value) {
    return marker == "CD27" ? 16.0F * value : value;
  };
  const PanelCheck found =
      check({made_file(1, false, nullptr, same), made_file(2, false, nullptr, cd27_times_16),
             made_file(3, false, nullptr, same)});
  EXPECT_TRUE(found.refusals.empty()) << found.refusals.front();
  EXPECT_EQ(found.doubts, (std::vector<MarkerDoubt>{{1, "CD27"}}));
  ASSERT_EQ(found.warnings.size(), 1U);
  EXPECT_TRUE(found.warnings[0].starts_with("f1: values of CD27 are about 1")) << found.warnings[0];
}

TEST(PanelChecks, ValuesForDisplayBesideLinearOnesAreRefused) {
  const auto shown = [](const std::string&, float value) {
    return 400.0F * std::asinh(value / 150.0F);
  };
  const PanelCheck found =
      check({made_file(1, false, nullptr, same), made_file(2, false, nullptr, shown),
             made_file(3, false, nullptr, same)});
  ASSERT_EQ(found.refusals.size(), 1U);
  EXPECT_TRUE(found.refusals[0].starts_with("f1: ")) << found.refusals[0];
}

TEST(PanelChecks, AFileOnAnotherScaleIsRefusedByName) {
  const auto times_16 = [](const std::string&, float value) { return 16.0F * value; };
  const auto arcsinh = [](const std::string&, float value) { return std::asinh(value / 150.0F); };
  const auto with = [](auto change) {
    return check({made_file(1, false, nullptr, same), made_file(2, false, nullptr, change),
                  made_file(3, false, nullptr, same)});
  };
  const PanelCheck scaled = with(times_16);
  ASSERT_EQ(scaled.refusals.size(), 1U);
  EXPECT_TRUE(scaled.refusals[0].starts_with("f1: values of all markers are about 1"))
      << scaled.refusals[0];
  const PanelCheck transformed = with(arcsinh);
  ASSERT_EQ(transformed.refusals.size(), 1U);
  EXPECT_TRUE(transformed.refusals[0].starts_with("f1: values are transformed already"));
}

TEST(PanelChecks, UncompensatedBesideCompensatedIsRefusedAndCompensatedElsewhereIsSaid) {
  const Spillover spillover = matrix();
  const auto with = [&](bool is_raw) {
    return check({made_file(1, true, &spillover, same), made_file(2, is_raw, nullptr, same),
                  made_file(3, true, &spillover, same)},
                 &spillover);
  };
  ASSERT_EQ(with(true).refusals.size(), 1U);
  EXPECT_TRUE(with(true).refusals[0].starts_with("f1: no spillover matrix can be used"));
  EXPECT_TRUE(with(false).refusals.empty());
  ASSERT_EQ(with(false).warnings.size(), 1U);
  EXPECT_TRUE(with(false).warnings[0].starts_with("f1: compensated already"));
}

TEST(PanelChecks, AMarkerThatIsZeroInSomeFilesIsDoubtedThere) {
  const Spillover spillover = matrix();
  const auto lost = [](const std::string& marker, float value) {
    return marker == "CD27" ? 0.0F : value;
  };
  const PanelCheck found =
      check({made_file(1, true, &spillover, same), made_file(2, true, &spillover, lost),
             made_file(3, true, &spillover, same)},
            &spillover);
  EXPECT_EQ(found.doubts, (std::vector<MarkerDoubt>{{1, "CD27"}}));
  ASSERT_EQ(found.warnings.size(), 1U);
  EXPECT_TRUE(found.warnings[0].starts_with("CD27 has one value in (nearly) every event of f1"));
}

TEST(Scales, AMatrixIsNotAppliedToWhatIsTransformedOrCompensated) {
  const Spillover spillover = matrix();
  const auto arcsinh = [](const std::string&, float value) { return std::asinh(value / 150.0F); };
  EXPECT_EQ(made_file(1, true, &spillover, same).prepared.compensation, "2 channels");
  for (const MadeFile& file :
       {made_file(1, true, &spillover, arcsinh), made_file(1, false, &spillover, same)}) {
    EXPECT_TRUE(file.prepared.compensation.starts_with("none: "));
    EXPECT_EQ(file.prepared.warnings.size(), 1U);
  }
}

TEST(Scales, RangesOfTransformedValuesAreNoLimits) {
  const auto arcsinh = [](const std::string&, float value) { return std::asinh(value / 150.0F); };
  RawSample sample;
  Panel panel;
  TwoDyes dyes = two_dyes(1, false);
  for (float& value : dyes.cd19) value = arcsinh("", value);
  add_channel(sample, panel, "CD19", ChannelRole::kMarker, PulseShape::kArea, 5.0, dyes.cd19);
  const PreparedSample prepared = prepare_sample(std::move(sample), panel, nullptr);
  EXPECT_EQ(prepared.kept, kEvents);
  EXPECT_TRUE(prepared.warnings.empty());
}

TEST(Scales, DeadCellsAreFoundOnAnyScale) {
  for (const bool is_transformed : {false, true}) {
    MadeSample made = made_flow_sample(8000, {.dead = 0.04});
    for (std::size_t channel = 0; channel < made.panel.channels.size(); ++channel) {
      const ChannelRole role = made.panel.channels[channel].role;
      if (!is_transformed || (role != ChannelRole::kMarker && role != ChannelRole::kViability))
        continue;
      for (float& value : made.sample.values[channel]) value = std::asinh(value / 150.0F);
    }
    const PreparedSample prepared = prepare_sample(std::move(made.sample), made.panel, nullptr);
    EXPECT_GT(prepared.counts[static_cast<std::size_t>(DropReason::kDead)], 250U) << is_transformed;
    EXPECT_LT(prepared.counts[static_cast<std::size_t>(DropReason::kDead)], 400U) << is_transformed;
  }
}

}  // namespace
}  // namespace gateless::preprocess
