// A small study in which one thing is odd: it is said, refused or read as it was meant, and nothing is called from it.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/core/layers.hpp"
#include "host/core/philox.hpp"
#include "io/csv.hpp"
#include "io/fcs_writer.hpp"
#include "tests/cli/program.hpp"

namespace gateless::cli {
namespace {

constexpr std::size_t kEvents = 3000;

enum Column : std::size_t {
  kFsc,
  kCd3,
  kCd19,
  kCd27,
  kIgd,
  kCd14,
  kCd20,
  kCd38,
  kCd24,
  kIgm,
  kCd45,
  kTime
};

/// A tube of ten markers: T cells, naive, memory and double-negative B cells, monocytes; PE (CD19) spills into PE-CF594
/// (CD27).
RawSample blood(std::uint64_t seed) {
  const Philox random(seed, 7);
  std::uint64_t next = 0;
  const auto normal = [&] {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - random.uniform(next++)));
    return radius * std::cos(6.283185307179586 * random.uniform(next++));
  };
  RawSample sample;
  sample.version = "FCS3.1";
  for (const auto& [name, stain] :
       std::vector<std::pair<const char*, const char*>>{{"FSC-A", ""},
                                                        {"BUV395-A", "CD3"},
                                                        {"PE-A", "CD19"},
                                                        {"PE-CF594-A", "CD27"},
                                                        {"FITC-A", "IgD"},
                                                        {"APC-A", "CD14"},
                                                        {"APC-H7-A", "CD20"},
                                                        {"BV421-A", "CD38"},
                                                        {"PE-Cy7-A", "CD24"},
                                                        {"BV605-A", "IgM"},
                                                        {"BUV805-A", "CD45"},
                                                        {"Time", ""}}) {
    sample.channels.push_back({name, stain, 262144});
  }
  sample.events = kEvents;
  sample.values.assign(sample.channels.size(), std::vector<float>(kEvents));
  for (std::size_t event = 0; event < kEvents; ++event) {
    const double kind = random.uniform(next++);
    const bool is_t = kind < 0.55, is_naive = !is_t && kind < 0.75;
    const bool is_memory = kind >= 0.75 && kind < 0.85, is_dn = kind >= 0.85 && kind < 0.9;
    const bool is_b = is_naive || is_memory || is_dn;
    const auto light = [&](bool is_positive) {
      return (is_positive ? 8000.0 : 120.0) * std::exp(0.3 * normal());
    };
    std::vector<double> values(sample.channels.size());
    values[kFsc] = 80'000.0 * std::exp(0.1 * normal());
    values[kCd3] = light(is_t);
    values[kCd19] = light(is_b);
    values[kCd27] = light(is_t || is_memory) + 0.35 * values[kCd19];
    values[kIgd] = light(is_naive);
    values[kCd14] = light(kind >= 0.9);
    values[kCd20] = light(is_b);
    values[kCd38] = 900.0 * std::exp(0.4 * normal());
    values[kCd24] = light(is_naive || is_memory);
    values[kIgm] = light(is_naive);
    values[kCd45] = 9000.0 * std::exp(0.2 * normal());
    for (std::size_t channel = 0; channel < kTime; ++channel) {
      const double noise = channel == kFsc ? 0.0 : 30.0 * normal();
      sample.values[channel][event] = static_cast<float>(values[channel] + noise);
    }
    sample.values[kTime][event] = static_cast<float>(event);
  }
  Spillover spillover{.channels = {"PE-A", "PE-CF594-A"},
                      .coefficients = Matrix<double>(2, 2, 0.0)};
  spillover.coefficients(0, 0) = spillover.coefficients(1, 1) = 1.0;
  spillover.coefficients(0, 1) = 0.35;
  sample.spillover = spillover;
  return sample;
}

class OddStudy : public testing::Test {
 protected:
  /// Three patients at two visits; `change` is applied to P1's later file.
  template <class Change>
  Ended run(Change change, const std::string& more = "", const std::string& out = "out",
            const std::string& baseline_of_p2 = "baseline") {
    std::string sheet = "file,patient,visit,group\n";
    std::uint64_t seed = 0;
    for (const std::string patient : {"P1", "P2", "P3"}) {
      for (const std::string visit : {"baseline", "week24"}) {
        RawSample sample = blood(++seed);
        if (patient == "P1" && visit == "week24") change(sample);
        const std::string file = patient + "_" + visit + ".fcs";
        write_fcs(folder_ / file, sample);
        sheet += file + "," + patient + ",";
        sheet += patient == "P2" && visit == "baseline" ? baseline_of_p2 : visit;
        sheet += ",sle\n";
      }
    }
    write_text(folder_ / "samples.csv", sheet);
    write_text(folder_ / "study.yaml", "samples: samples.csv\n" + more);
    return gateless("run " + folder_ / "study.yaml" + " --out " + (folder_ / out));
  }
  [[nodiscard]] std::string table(const std::string& name) const {
    return read_text(folder_ / "out/" + name);
  }
  /// What the report says before its first section: of samples, of many at once, and of visits; notes are not of these.
  [[nodiscard]] std::string doubts() const {
    const std::string page = table("report.html");
    const std::size_t at = page.find("\"attention\":{");
    if (at == std::string::npos) return "no attention";
    const std::string from = page.substr(at + 12);
    const nlohmann::json attention = nlohmann::json::parse(from.substr(0, from.find("]},\"") + 2));
    return (attention["samples"].empty() ? "" : attention["samples"].dump()) +
           (attention["general"].empty() ? "" : attention["general"].dump()) +
           (attention["moved"].empty() ? "" : attention["moved"].dump());
  }

  TemporaryFolder folder_;
};

TEST_F(OddStudy, APlainOneIsNotDoubted) {
  const Ended ended = run([](RawSample&) {});
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(doubts(), "");
  EXPECT_EQ(ended.err.find("P1_week24"), std::string::npos) << ended.err;
}

TEST_F(OddStudy, AMisspeltStainIsReadAsWhatItsDetectorIs) {
  const Ended ended = run([](RawSample& sample) { sample.channels[kCd27].stain = "C27"; });
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_NE(ended.err.find("'C27' of PE-CF594-A is read as CD27"), std::string::npos) << ended.err;
  EXPECT_NE(table("clusters.csv").find("median:CD27"), std::string::npos);
  EXPECT_NE(table("patients.csv").find(",P1,week24"), std::string::npos);
}

TEST_F(OddStudy, AnOverrideMayNameTheStainOfOneFile) {
  const Ended ended = run([](RawSample& sample) { sample.channels[kCd27].stain = "mystery"; },
                          "panel: {mystery: CD27}\n");
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_NE(table("clusters.csv").find("median:CD27"), std::string::npos);
}

/// Events of a subset over all samples, from abundance.csv.
double events_of(const std::string& subset, const std::string& text) {
  double events = 0.0;
  const CsvTable table = parse_csv(text, "abundance.csv");
  for (const auto& row : table.rows) {
    if (row[*table.column("subset")] == subset) events += std::stod(row[*table.column("events")]);
  }
  return events;
}

TEST_F(OddStudy, ABorderMayBeSetByHand) {
  const auto plain = [](RawSample&) {};
  ASSERT_EQ(run(plain).status, 0);
  const double switched = events_of("b_swm", table("abundance.csv"));
  // A third of the memory cells is brighter than 9,100: 8,000 times exp(0.3 z).
  EXPECT_TRUE(std::filesystem::exists(folder_ / "out/gates"));
  const Ended high =
      run(plain, "levels: [{marker: CD27, within: b_cell, linear: 9100}]\n", "out --no-gates");
  ASSERT_EQ(high.status, 0) << high.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out/gates")) << "gates of the result before";
  EXPECT_NEAR(events_of("b_swm", table("abundance.csv")) / switched, 1.0 / 3.0, 0.1);
  EXPECT_NE(table("run.json").find("\"levels\""), std::string::npos);

  const Ended wrong = run(plain,
                          "levels:\n  - {marker: CD72, at: 1}\n  - {marker: CD27, within: b_sell, "
                          "at: 1}\n  - {marker: CD14, within: b_cell, at: 1}\n  - {marker: CD27, "
                          "panel: X, at: 1}\n",
                          "never");
  EXPECT_EQ(wrong.status, 3);
  for (const char* words :
       {"study.yaml:3: levels: no panel has the marker 'CD72'", "study.yaml:4: levels: 'b_sell' is",
        "study.yaml:5: levels: CD14 divides no population in or below b_cell",
        "study.yaml:6: levels: 'X' is not a panel of this study"})
    EXPECT_NE(wrong.err.find(words), std::string::npos) << words << "\n" << wrong.err;
  const Ended on_model = run(plain, "levels: [{marker: CD27, at: 1}]\n",
                             "never --model " + (folder_ / "out/model.h5"));
  EXPECT_EQ(on_model.status, 3);
  EXPECT_NE(on_model.err.find("borders of a model hold"), std::string::npos) << on_model.err;
}

TEST_F(OddStudy, AFileWithoutItsMatrixIsRefused) {
  const Ended ended = run([](RawSample& sample) { sample.spillover.reset(); });
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find("P1_week24.fcs: no spillover matrix can be used"), std::string::npos)
      << ended.err;
}

TEST_F(OddStudy, AMatrixWithAWrongNameForAMarkersChannelIsRefused) {
  const Ended ended = run([](RawSample& sample) {
    sample.spillover->channels[1] = "PE-Texas";
    sample.spillover->channels.push_back("FITC-A");
    Matrix<double> wider(3, 3, 0.0);
    for (std::size_t dye = 0; dye < 3; ++dye) wider(dye, dye) = 1.0;
    wider(0, 1) = 0.35;
    wider(0, 2) = 0.01;
    sample.spillover->coefficients = wider;
  });
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find("PE-Texas"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("CD27 (PE-CF594-A)"), std::string::npos) << ended.err;
}

TEST_F(OddStudy, NothingIsCalledFromAMarkerThatIsLostInOneFile) {
  const Ended ended = run([](RawSample& sample) {
    std::fill(sample.values[kCd27].begin(), sample.values[kCd27].end(), 0.0F);
  });
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_NE(ended.err.find("CD27 has one value in (nearly) every event of P1_week24.fcs"),
            std::string::npos)
      << ended.err;
  for (const char* call : {",P1,week24", ",P2,week24"}) {
    std::istringstream rows(table("patients.csv"));
    for (std::string row; std::getline(rows, row);) {
      const bool is_memory = row.starts_with("b_swm,") || row.starts_with("memory_b,");
      if (!is_memory || row.find(call) == std::string::npos) continue;
      EXPECT_EQ(row.ends_with(",up") || row.ends_with(",down"), false) << row;
    }
  }
}

TEST_F(OddStudy, WhatIsAskedForMustExistAndThePlaceMustBeWritable) {
  const auto same = [](RawSample&) {};
  const Ended unknown = run(same, "compare: {primary: [memry_b]}\n");
  EXPECT_EQ(unknown.status, 3);
  EXPECT_NE(unknown.err.find("did you mean 'memory_b'"), std::string::npos) << unknown.err;
  write_text(folder_ / "taken", "a file");
  const Ended place = run(same, "", "taken/out");
  EXPECT_EQ(place.status, 3);
  EXPECT_NE(place.err.find("cannot write here"), std::string::npos) << place.err;
}

TEST_F(OddStudy, AnUnknownStainOnAKnownDetectorIsRefusedWithTheCure) {
  const Ended ended = run([](RawSample& sample) { sample.channels[kCd27].stain = "mystery"; });
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find("`panel: {mystery: CD27}`"), std::string::npos) << ended.err;
}

TEST_F(OddStudy, SwappedStainsAreNamed) {
  const Ended ended = run([](RawSample& sample) {
    std::swap(sample.channels[kCd27].stain, sample.channels[kIgd].stain);
  });
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find("P1_week24.fcs: the stains CD27 and IgD are swapped"), std::string::npos)
      << ended.err;
}

TEST_F(OddStudy, AnUnstainedControlIsNotAPatient) {
  const Ended ended = run([](RawSample& sample) {
    for (std::size_t channel = kCd3; channel < kTime; ++channel) {
      for (std::size_t event = 0; event < kEvents; ++event)
        sample.values[channel][event] = static_cast<float>(80 + (event * (channel + 7)) % 97);
    }
  });
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find("P1_week24.fcs: 10 of 10 markers stay"), std::string::npos) << ended.err;
}

TEST_F(OddStudy, ASingleStainedControlIsNotAPatient) {
  const Ended ended = run([](RawSample& sample) {
    for (std::size_t channel = kCd3; channel < kTime; ++channel) {
      if (channel == kCd20) continue;
      for (std::size_t event = 0; event < kEvents; ++event)
        sample.values[channel][event] = static_cast<float>(80 + (event * (channel + 7)) % 97);
    }
  });
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find("P1_week24.fcs: 9 of 10 markers stay"), std::string::npos) << ended.err;
}

TEST_F(OddStudy, MapHoldsFilesAgainstTheModel) {
  ASSERT_EQ(run([](RawSample&) {}).status, 0);
  const auto map = [&](float factor, bool is_transformed) {
    RawSample sample = blood(9);
    for (std::size_t channel = kCd3; channel < kTime; ++channel) {
      for (float& value : sample.values[channel])
        value = is_transformed ? std::asinh(value / 150.0F) : value * factor;
      if (is_transformed) sample.channels[channel].range = 8;
      if (factor > 1.0F) sample.channels[channel].range *= factor;
    }
    sample.spillover.reset();
    write_fcs(folder_ / "late.fcs", sample);
    return gateless("map " + (folder_ / "out/model.h5") + " " + (folder_ / "late.fcs") + " --out " +
                    (folder_ / "mapped"));
  };
  const Ended transformed = map(1.0F, true);
  EXPECT_EQ(transformed.status, 3);
  EXPECT_NE(transformed.err.find("late.fcs: values are transformed already"), std::string::npos)
      << transformed.err;
  const Ended far = map(1e6F, false);
  EXPECT_EQ(far.status, 3);
  EXPECT_NE(far.err.find("late.fcs: values lie far above all that the model was trained on"),
            std::string::npos)
      << far.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "mapped/abundance.csv"));
  const Ended bright = map(100.0F, false);
  EXPECT_EQ(bright.status, 0);
  EXPECT_NE(bright.err.find("late.fcs: the brightest cells in most markers lie above"),
            std::string::npos)
      << bright.err;
  const Ended dim = map(0.02F, false);
  EXPECT_EQ(dim.status, 0);
  EXPECT_NE(dim.err.find("late.fcs: even the brightest cells in most markers lie far below"),
            std::string::npos)
      << dim.err;
  const Ended alike = map(1.0F, false);
  EXPECT_EQ(alike.err.find("most markers"), std::string::npos) << alike.err;
}

TEST_F(OddStudy, LinearValuesWithoutATransformAreOnTheFirstScreen) {
  const Ended ended = run([](RawSample&) {}, "transform: none\n");
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_NE(doubts().find("values look linear and are clustered without a transform"),
            std::string::npos)
      << doubts();
}

TEST_F(OddStudy, AStretchOnAnotherLevelIsOnTheFirstScreen) {
  const Ended ended = run([](RawSample& sample) {
    for (std::size_t event = 900; event < 1800; ++event) sample.values[kCd27][event] *= 0.3F;
  });
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_NE(doubts().find("between 30 % and 60 % of the acquisition CD27"), std::string::npos)
      << doubts() << ended.err;
}

TEST_F(OddStudy, VisitsThatDifferInCapitalsAreOne) {
  const Ended ended = run([](RawSample&) {}, "", "out", "Baseline");
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_NE(ended.err.find("'Baseline' is read as 'baseline'"), std::string::npos) << ended.err;
  EXPECT_NE(table("patients.csv").find(",P2,week24"), std::string::npos);
}

TEST_F(OddStudy, InspectComparesTheFilesOfAFolder) {
  RawSample unlike = blood(2);
  for (std::size_t channel = kCd3; channel < kTime; ++channel) {
    for (float& value : unlike.values[channel]) value *= 64.0F;
  }
  write_fcs(folder_ / "a.fcs", blood(1));
  write_fcs(folder_ / "b.fcs", unlike);
  write_fcs(folder_ / "c.fcs", blood(3));
  const Ended text = gateless("inspect " + folder_ / "");
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_NE(text.out.find("panel 'panel': a run would refuse it"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("    channels as in " + folder_ / "a.fcs"), std::string::npos)
      << text.out;
  EXPECT_NE(text.out.find("b.fcs: values of all markers are about 6"), std::string::npos)
      << text.out;
  const Ended json = gateless("inspect --json " + folder_ / "");
  EXPECT_NE(json.out.find("\"fits\": false"), std::string::npos) << json.out;
  EXPECT_NE(json.out.find("\"why\": \"its stain is 'CD27'\""), std::string::npos) << json.out;
}

TEST_F(OddStudy, InspectSaysWhatRunMakesOfEachChannel) {
  write_fcs(folder_ / "a.fcs", blood(1));
  const Ended text = gateless("inspect " + folder_ / "a.fcs");
  EXPECT_NE(text.out.find("marker CD27"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("forward scatter"), std::string::npos) << text.out;
  const Ended json = gateless("inspect --json " + folder_ / "a.fcs");
  EXPECT_NE(json.out.find("\"role\": \"time\""), std::string::npos) << json.out;
}

}  // namespace
}  // namespace gateless::cli
