// A small study in which one thing is odd: it is said, refused or read as it was meant, and nothing is called from it.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "host/core/philox.hpp"
#include "io/fcs_writer.hpp"
#include "tests/cli/program.hpp"

namespace gateless::cli {
namespace {

constexpr std::size_t kEvents = 3000;

/// T cells, naive and memory B cells; PE (CD19) spills into PE-CF594 (CD27).
RawSample blood(std::uint64_t seed) {
  const Philox random(seed, 7);
  std::uint64_t next = 0;
  const auto normal = [&] {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - random.uniform(next++)));
    return radius * std::cos(6.283185307179586 * random.uniform(next++));
  };
  RawSample sample;
  sample.version = "FCS3.1";
  sample.channels = {{"FSC-A", "", 262144},     {"BUV395-A", "CD3", 262144},
                     {"PE-A", "CD19", 262144},  {"PE-CF594-A", "CD27", 262144},
                     {"FITC-A", "IgD", 262144}, {"APC-A", "CD14", 262144},
                     {"Time", "", 262144}};
  sample.events = kEvents;
  sample.values.assign(sample.channels.size(), std::vector<float>(kEvents));
  for (std::size_t event = 0; event < kEvents; ++event) {
    const double kind = random.uniform(next++);
    const bool is_t = kind < 0.6;
    const bool is_naive = !is_t && kind < 0.8;
    const bool is_memory = !is_t && !is_naive && kind < 0.9;
    const auto light = [&](bool is_positive) {
      return (is_positive ? 8000.0 : 120.0) * std::exp(0.3 * normal());
    };
    const double cd19 = light(is_naive || is_memory);
    const double cd27 = light(is_t || is_memory);
    const std::vector<double> values{80'000.0 * std::exp(0.1 * normal()),
                                     light(is_t),
                                     cd19,
                                     cd27 + 0.35 * cd19,
                                     light(is_naive),
                                     light(kind >= 0.9),
                                     static_cast<double>(event)};
    for (std::size_t channel = 0; channel < values.size(); ++channel) {
      const double noise = channel == 0 || channel + 1 == values.size() ? 0.0 : 30.0 * normal();
      sample.values[channel][event] = static_cast<float>(values[channel] + noise);
    }
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
  /// Two patients at two visits; `change` is applied to P1's later file.
  template <class Change>
  Ended run(Change change, const std::string& more = "", const std::string& out = "out") {
    std::string sheet = "file,patient,visit,group\n";
    std::uint64_t seed = 0;
    for (const char* name : {"P1_baseline", "P1_week24", "P2_baseline", "P2_week24"}) {
      RawSample sample = blood(++seed);
      const std::string words(name);
      if (words == "P1_week24") change(sample);
      write_fcs(folder_ / (words + ".fcs"), sample);
      sheet += words + ".fcs," + words.substr(0, 2) + "," + words.substr(3) + ",sle\n";
    }
    write_text(folder_ / "samples.csv", sheet);
    write_text(folder_ / "study.yaml", "samples: samples.csv\n" + more);
    return gateless("run " + folder_ / "study.yaml" + " --out " + (folder_ / out));
  }
  [[nodiscard]] std::string table(const std::string& name) const {
    return read_text(folder_ / "out/" + name);
  }

  TemporaryFolder folder_;
};

TEST_F(OddStudy, AMisspeltStainIsReadAsWhatItsDetectorIs) {
  const Ended ended = run([](RawSample& sample) { sample.channels[3].stain = "C27"; });
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_NE(ended.err.find("'C27' of PE-CF594-A is read as CD27"), std::string::npos) << ended.err;
  EXPECT_NE(table("clusters.csv").find("median:CD27"), std::string::npos);
  EXPECT_NE(table("patients.csv").find(",P1,week24"), std::string::npos);
}

TEST_F(OddStudy, AnOverrideMayNameTheStainOfOneFile) {
  const Ended ended = run([](RawSample& sample) { sample.channels[3].stain = "mystery"; },
                          "panel: {mystery: CD27}\n");
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_NE(table("clusters.csv").find("median:CD27"), std::string::npos);
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
  const Ended ended = run(
      [](RawSample& sample) { std::fill(sample.values[3].begin(), sample.values[3].end(), 0.0F); });
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
