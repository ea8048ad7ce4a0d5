// Values on scales that somebody else chose, files whose stains slipped, and events that are there twice.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "host/preprocess/low_end.hpp"
#include "host/preprocess/panel_check.hpp"
#include "host/preprocess/value_scale.hpp"
#include "tests/preprocess/made_events.hpp"

namespace gateless::preprocess {
namespace {

constexpr std::size_t kMarkers = 6;
constexpr std::size_t kEvents = 4000;

using Change = std::function<double(double)>;
double same(double value) { return value; }

struct MadeFile {
  RawSample sample;
  Panel panel;
};

/// M0 to M5 on detectors D0 to D5: each bright in its own share of the events; negative light is 90 with noise of 60.
MadeFile made(std::uint64_t seed, const Change& change = same,
              Instrument instrument = Instrument::kFlow) {
  Normals normal(seed);
  MadeFile file;
  file.panel.instrument = instrument;
  for (std::size_t marker = 0; marker < kMarkers; ++marker) {
    std::vector<float> values;
    for (std::size_t event = 0; event < kEvents; ++event) {
      const bool is_bright = (event + marker * 7) % 10 < marker + 1;
      const double light =
          is_bright ? (2000.0 + 900.0 * static_cast<double>(marker)) * std::exp(0.3 * normal())
                    : 90.0;
      values.push_back(static_cast<float>(change(light + 60.0 * normal())));
    }
    add_channel(file.sample, file.panel, "M" + std::to_string(marker), ChannelRole::kMarker,
                PulseShape::kArea, 262144.0, std::move(values));
    file.panel.channels.back().name = "D" + std::to_string(marker);
    file.panel.channels.back().is_known = true;
    file.sample.channels.back().name = "D" + std::to_string(marker);
  }
  return file;
}

bool is_linear(const MadeFile& file) { return scale_of(file.sample, file.panel).is_linear(); }

Change arcsinh(double cofactor) {
  return [cofactor](double value) { return std::asinh(value / cofactor); };
}

TEST(OddScales, LinearValuesDividedByTheirRangeAreLinear) {
  for (const double by : {1.0, 262.144, 26214.4, 262144.0})
    EXPECT_TRUE(is_linear(made(1, [by](double value) { return value / by; }))) << by;
  EXPECT_FALSE(is_linear(made(1, arcsinh(150.0))));
  EXPECT_FALSE(is_linear(made(1, arcsinh(5.0))));
}

TEST(OddScales, ADisplayScaleIsToldHoweverLargeItsNumbersAre) {
  for (const double top : {100.0, 255.0, 1023.0, 4095.0, 10000.0, 65535.0}) {
    const auto shown = [top](double value) {
      return top * (std::asinh(value / 300.0) + 1.2) / 8.0;
    };
    EXPECT_FALSE(is_linear(made(1, shown))) << top;
  }
}

/// How many events lie in modes below the one that most negative cells are in: M0 is negative in nine of ten.
double below_half_of_negative_mode(const std::vector<float>& values) {
  std::vector<float> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  const double middle = static_cast<double>(sorted[sorted.size() * 45 / 100]);
  const double lowest = static_cast<double>(sorted[sorted.size() / 100]);
  return (middle - lowest) / static_cast<double>(sorted[sorted.size() * 99 / 100]);
}

TEST(OddScales, NegativeCellsThatATransformToreApartAreOnePopulation) {
  const auto log10 = [](double value) { return std::log10(std::max(value, 1.0)); };
  for (const Change& change : {Change(log10), arcsinh(5.0)}) {
    MadeFile file = made(2, change);
    const std::vector<float> before = file.sample.values[0];
    EXPECT_GT(below_half_of_negative_mode(before), 0.3);
    const std::string said =
        join_negative_cells(file.sample, file.panel, scale_of(file.sample, file.panel));
    EXPECT_NE(said.find("tears negative cells apart"), std::string::npos);
    const std::vector<float>& after = file.sample.values[0];
    EXPECT_LT(below_half_of_negative_mode(after), 0.2);
    for (std::size_t event = 1; event < kEvents; ++event) {  // the order stays
      EXPECT_TRUE(before[event] >= before[event - 1] || after[event] <= after[event - 1]);
    }
    EXPECT_EQ(*std::max_element(after.begin(), after.end()),
              *std::max_element(before.begin(), before.end()));
  }
}

TEST(OddScales, LinearValuesThatWereCutAtZeroMakeNoModeThere) {
  MadeFile file = made(2, [](double value) { return std::max(0.0, value - 100.0); });
  const auto before = file.sample.values;
  const auto zeros = [](const std::vector<float>& values) {
    return std::count(values.begin(), values.end(), 0.0F);
  };
  ASSERT_GT(zeros(before[0]), static_cast<std::ptrdiff_t>(kEvents / 100));
  const auto join = [&] {
    return join_negative_cells(file.sample, file.panel, scale_of(file.sample, file.panel));
  };
  EXPECT_NE(join().find("were set to 0"), std::string::npos);
  for (std::size_t channel = 0; channel < before.size(); ++channel) {
    const std::vector<float>& after = file.sample.values[channel];
    if (zeros(before[channel]) == 0) continue;
    EXPECT_EQ(zeros(after), 0);
    const float most = *std::max_element(after.begin(), after.end());
    EXPECT_EQ(most, *std::max_element(before[channel].begin(), before[channel].end()));
    for (std::size_t event = 0; event < kEvents; ++event) {
      if (before[channel][event] > 0.0F) {
        EXPECT_EQ(after[event], before[channel][event]);
      }
    }
  }
  EXPECT_EQ(join(), "") << "nothing is left to do";
}

TEST(OddScales, WhatIsWellTransformedIsLeftAsItIs) {
  for (const Instrument instrument : {Instrument::kFlow, Instrument::kMass}) {
    // Zeros of a mass cytometer are counts; one of two modes is the positive cells.
    const Change change =
        instrument == Instrument::kFlow
            ? arcsinh(150.0)
            : Change([](double value) { return std::asinh(std::max(0.0, value - 150.0) / 50.0); });
    MadeFile file = made(3, change, instrument);
    const auto before = file.sample.values;
    EXPECT_EQ(join_negative_cells(file.sample, file.panel, scale_of(file.sample, file.panel)), "");
    EXPECT_EQ(file.sample.values, before);
  }
}

PanelCheck check(std::vector<MadeFile> files) {
  std::vector<PreparedSample> prepared;
  std::vector<std::string> markers;
  for (const PanelChannel& channel : files[0].panel.markers()) markers.push_back(channel.marker);
  for (MadeFile& file : files)
    prepared.push_back(prepare_sample(std::move(file.sample), file.panel, nullptr));
  std::vector<FileOfPanel> members;
  for (std::size_t file = 0; file < files.size(); ++file)
    members.push_back({"f" + std::to_string(file), &prepared[file], &files[file].panel, nullptr});
  return check_panel(members, markers, 2);
}

TEST(OddScales, AnotherCofactorOrDisplayInOneFileIsRefused) {
  const auto display = [](double top) {
    return [top](double value) { return top * (std::asinh(value / 300.0) + 1.2) / 8.0; };
  };
  for (const auto& [usual, other] : std::vector<std::pair<Change, Change>>{
           {arcsinh(150.0), arcsinh(1500.0)}, {display(4095.0), display(1023.0)}}) {
    const PanelCheck found = check({made(1, usual), made(2, other), made(3, usual)});
    ASSERT_EQ(found.refusals.size(), 1U);
    EXPECT_TRUE(found.refusals[0].starts_with("f1: ")) << found.refusals[0];
    EXPECT_TRUE(check({made(1, usual), made(2, usual), made(3, usual)}).refusals.empty());
  }
}

TEST(OddStains, AListThatSlippedByARowIsRefused) {
  MadeFile slipped = made(2);
  for (std::size_t channel = 0; channel < kMarkers; ++channel)
    slipped.panel.channels[channel].marker = "M" + std::to_string((channel + 1) % kMarkers);
  const PanelCheck found = check({made(1), std::move(slipped), made(3)});
  ASSERT_EQ(found.refusals.size(), 1U);
  EXPECT_TRUE(
      found.refusals[0].starts_with("f1: 6 stains (M0, M1, M2, M3 and 2 more) are on other "
                                    "detectors"))
      << found.refusals[0];
  // On other detectors together with their values: nothing is wrong.
  MadeFile moved = made(2);
  for (std::size_t channel = 0; channel < kMarkers; ++channel) {
    moved.panel.channels[channel].name = "D" + std::to_string((channel + 1) % kMarkers);
    moved.sample.channels[channel].name = moved.panel.channels[channel].name;
  }
  EXPECT_TRUE(check({made(1), std::move(moved), made(3)}).refusals.empty());
}

TEST(OddEvents, AFileJoinedWithItselfIsTold) {
  const auto warnings = [](bool is_double) {
    MadeFile file = made(1);
    for (std::vector<float>& values : file.sample.values) {
      const std::vector<float> again = values;
      if (is_double) values.insert(values.end(), again.begin(), again.end());
    }
    file.sample.events = file.sample.values[0].size();
    return prepare_sample(std::move(file.sample), file.panel, nullptr).warnings;
  };
  EXPECT_TRUE(warnings(false).empty());
  ASSERT_EQ(warnings(true).size(), 1U);
  EXPECT_TRUE(warnings(true)[0].starts_with("50 % of the events are copies of others"));
}

TEST(OddScales, DeadCellsAreFoundWhereTheWholeScaleIsSmall) {
  MadeSample made = made_flow_sample(8000, {.dead = 0.04});
  for (std::size_t channel = 0; channel < made.panel.channels.size(); ++channel) {
    for (float& value : made.sample.values[channel]) value /= 262.144F;
    made.sample.channels[channel].range /= 262.144;
  }
  const PreparedSample prepared = prepare_sample(std::move(made.sample), made.panel, nullptr);
  const std::size_t dead = prepared.counts[static_cast<std::size_t>(DropReason::kDead)];
  EXPECT_GT(dead, 250U);
  EXPECT_LT(dead, 400U);
}

}  // namespace
}  // namespace gateless::preprocess
