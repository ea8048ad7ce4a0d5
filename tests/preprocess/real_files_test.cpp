// Transforms, compensation and cleaning on published files; skipped where these are not at hand.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include "host/core/layers.hpp"
#include "host/core/transform_value.hpp"
#include "host/preprocess/clean.hpp"
#include "host/preprocess/compensation.hpp"
#include "io/event_file.hpp"

namespace gateless::preprocess {
namespace {

using namespace io;

std::filesystem::path data_folder() {
  if (const char* folder = std::getenv("GATELESS_DATA")) return folder;
  return std::filesystem::path(GATELESS_SOURCE_DIR) / "../shared/data";
}

#define SKIP_WITHOUT(path)            \
  if (!std::filesystem::exists(path)) \
  GTEST_SKIP() << (path) << " is not at hand (set GATELESS_DATA)"

// ---- the compliance suite of Gating-ML 2.0 (ISAC), as kept by FlowKit

struct ScaleGate {
  const char* name;
  std::vector<const char*> channels;
  Transform transform;
  std::vector<std::pair<double, double>> bounds;  ///< of each channel, on the scale of Gating-ML
  bool is_compensated;
};

/// arcsinh of Gating-ML: T, M and A give its unit and its place on the scale.
Transform fasinh(double t, double m, double a) {
  return {.kind = TransformKind::kArcsinh,
          .cofactor = t / std::sinh(m * std::log(10.0)),
          .t = t,
          .m = m,
          .a = a};
}

Transform logicle(double t, double w, double m, double a) {
  return {.kind = TransformKind::kLogicle, .t = t, .w = w, .m = m, .a = a};
}

double on_scale(const Transform& transform, double x) {
  const double y = transform_value(transform_coefficients(transform), x) / portable::kLn10;
  const double zero =
      transform.kind == TransformKind::kLogicle ? transform.w + transform.a : transform.a;
  return (y + zero) / (transform.m + transform.a);
}

TEST(GatingMl, GatesOnTransformedScalesHoldTheEventsOfTheComplianceSuite) {
  const auto folder = data_folder() / "gatingml_flowkit_gate_ref";
  SKIP_WITHOUT(folder);
  const Transform narrow = logicle(10000, 0.5, 4.5, 0);
  const Transform wide = logicle(10000, 1, 4, 0.5);
  const Transform arcsinh = fasinh(10000, 4, 1);
  const std::vector<ScaleGate> gates{
      {"ScaleRange1", {"FL1-H"}, arcsinh, {{0.37, 0.63}}, false},
      {"ScaleRange1c", {"FL1-H"}, arcsinh, {{0.37, 0.63}}, true},
      {"ScaleRange6c", {"FL2-H"}, arcsinh, {{0.09, 0.36}}, true},
      {"ScaleRange4", {"FL1-H"}, narrow, {{0.37, 0.63}}, false},
      {"ScaleRange4c", {"FL1-H"}, narrow, {{0.37, 0.63}}, true},
      {"ScaleRange5", {"FL1-H"}, wide, {{0.37, 0.63}}, false},
      {"ScaleRange5c", {"FL1-H"}, wide, {{0.37, 0.63}}, true},
      {"ScaleRange8c", {"FL2-H"}, wide, {{0.09, 0.36}}, true},
      {"ScaleRect1", {"FL2-H", "FL3-H"}, narrow, {{0.31, 0.69}, {0.27, 0.73}}, true},
  };
  const RawSample raw = read_event_file((folder / "data1.fcs").string());
  RawSample compensated = raw;
  Spillover spillover{{"FL1-H", "FL2-H", "FL3-H"}, Matrix<double>(3, 3)};
  const std::vector<double> coefficients{1, 0.02, 0.06, 0.11, 1, 0.07, 0.09, 0.01, 1};
  std::copy(coefficients.begin(), coefficients.end(), spillover.coefficients.values().begin());
  compensate(compensated, spillover);
  for (const ScaleGate& gate : gates) {
    const RawSample& sample = gate.is_compensated ? compensated : raw;
    std::ifstream truth(folder / "truth" / (std::string("Results_") + gate.name + ".txt"));
    std::size_t wrong = 0;
    std::size_t inside = 0;
    for (std::size_t event = 0; event < sample.events; ++event) {
      bool is_inside = true;
      for (std::size_t axis = 0; axis < gate.channels.size(); ++axis) {
        const auto channel =
            std::find_if(sample.channels.begin(), sample.channels.end(),
                         [&](const Channel& c) { return c.name == gate.channels[axis]; });
        ASSERT_NE(channel, sample.channels.end());
        const auto& values =
            sample.values[static_cast<std::size_t>(channel - sample.channels.begin())];
        const double y = on_scale(gate.transform, static_cast<double>(values[event]));
        is_inside = is_inside && y >= gate.bounds[axis].first && y < gate.bounds[axis].second;
      }
      int expected = -1;
      truth >> expected;
      wrong += is_inside != (expected == 1) ? 1U : 0U;
      inside += is_inside ? 1U : 0U;
    }
    EXPECT_EQ(wrong, 0U) << gate.name;
    EXPECT_GT(inside, 0U) << gate.name;
  }
}

// ---- cleaning

using Roles = std::function<void(const Channel&, PanelChannel&)>;

Panel panel_of(const RawSample& sample, Instrument instrument, const Roles& roles) {
  Panel panel;
  panel.instrument = instrument;
  for (std::size_t index = 0; index < sample.channels.size(); ++index) {
    const Channel& channel = sample.channels[index];
    PanelChannel described;
    described.channel = index;
    described.name = channel.name;
    roles(channel, described);
    if (described.role == ChannelRole::kMarker)
      described.marker = channel.stain.empty() ? channel.name : channel.stain;
    panel.channels.push_back(described);
  }
  return panel;
}

bool begins(const std::string& word, const std::string& start) { return word.rfind(start, 0) == 0; }

void flow_roles(const Channel& channel, PanelChannel& described) {
  const std::string& name = channel.name;
  if (begins(name, "FS")) described.role = ChannelRole::kForward;
  if (begins(name, "SS")) described.role = ChannelRole::kSide;
  if (name == "Time") described.role = ChannelRole::kTime;
  if (described.role == ChannelRole::kIgnored && !channel.stain.empty())
    described.role = ChannelRole::kMarker;
  if (channel.stain == "l/d" || begins(channel.stain, "Live"))
    described.role = ChannelRole::kViability;
  if (name.ends_with("-A")) described.pulse = PulseShape::kArea;
  if (name.ends_with("-H")) described.pulse = PulseShape::kHeight;
  if (name.ends_with("-W")) described.pulse = PulseShape::kWidth;
}

void helios_roles(const Channel& channel, PanelChannel& described) {
  const std::string& stain = channel.stain;
  if (channel.name == "Time") described.role = ChannelRole::kTime;
  if (channel.name == "Event_length") described.role = ChannelRole::kEventLength;
  if (channel.name == "Residual" || channel.name == "Width" || channel.name == "Center" ||
      channel.name == "Offset") {
    described.role = ChannelRole::kGaussian;
  }
  if (stain.find("_CD") != std::string::npos) described.role = ChannelRole::kMarker;
  if (stain.find("DNA") != std::string::npos) described.role = ChannelRole::kDna;
  if (stain.find("Bead") != std::string::npos) described.role = ChannelRole::kBead;
  if (stain.find("Live") != std::string::npos) described.role = ChannelRole::kViability;
}

double dropped(const PreparedSample& prepared, DropReason reason) {
  return static_cast<double>(prepared.counts[static_cast<std::size_t>(reason)]) /
         static_cast<double>(prepared.events);
}

PreparedSample prepare(const std::filesystem::path& path, Instrument instrument,
                       const Roles& roles) {
  RawSample raw = read_event_file(path.string());
  const Panel panel = panel_of(raw, instrument, roles);
  const std::optional<Spillover> spillover = raw.spillover;
  return prepare_sample(std::move(raw), panel, spillover ? &*spillover : nullptr);
}

TEST(RealFiles, GatedSpleenCellsAreKept) {
  const auto folder = data_folder() / "flowsom_68983";
  SKIP_WITHOUT(folder);
  const PreparedSample prepared = prepare(folder / "68983.fcs", Instrument::kFlow, flow_roles);
  EXPECT_EQ(prepared.compensation, "11 channels");
  std::ifstream labels(folder / "gatingResult.csv");
  std::vector<std::string> lines;
  for (std::string line; std::getline(labels, line);) lines.push_back(line);
  ASSERT_GE(lines.size(), prepared.events);
  const std::size_t header = lines.size() - prepared.events;
  std::size_t gated = 0;
  std::size_t lost = 0;
  for (std::size_t event = 0; event < prepared.events; ++event) {
    if (lines[header + event].find("Unlabeled") != std::string::npos) continue;
    ++gated;
    lost += prepared.reasons[event] != DropReason::kKept ? 1U : 0U;
  }
  EXPECT_GT(gated, 13'000U);
  EXPECT_LT(static_cast<double>(lost), 0.01 * static_cast<double>(gated));
}

TEST(RealFiles, DirtyBCellFilesLoseMarginsFaultsAndDoublets) {
  const auto folder = data_folder() / "flowai_bcells";
  SKIP_WITHOUT(folder);
  const PreparedSample first = prepare(folder / "Bcells1.fcs", Instrument::kFlow, flow_roles);
  EXPECT_GT(dropped(first, DropReason::kMargin), 0.02);
  EXPECT_GT(dropped(first, DropReason::kTime), 0.02);
  EXPECT_GT(dropped(first, DropReason::kDoublet), 0.03);
  EXPECT_GT(static_cast<double>(first.kept), 0.4 * static_cast<double>(first.events));
  EXPECT_FALSE(first.warnings.empty());  // 8 % of the events are at the limit of SSC-A
  const PreparedSample third = prepare(folder / "Bcells3.fcs", Instrument::kFlow, flow_roles);
  EXPECT_LT(dropped(third, DropReason::kTime), 0.02);  // its acquisition was steady
}

TEST(RealFiles, RawMassFileLosesItsBeadsAndDebris) {
  const auto file = data_folder() / "helios_raw_mdipa" / "raw_cytof.fcs";
  SKIP_WITHOUT(file);
  const PreparedSample prepared = prepare(file, Instrument::kMass, helios_roles);
  EXPECT_NEAR(dropped(prepared, DropReason::kBead), 0.0233,
              0.002);  // all bead metals above 270 counts: 2.33 %
  EXPECT_GT(dropped(prepared, DropReason::kDebris), 0.05);
  EXPECT_LT(dropped(prepared, DropReason::kDebris), 0.2);
  EXPECT_GT(dropped(prepared, DropReason::kDoublet), 0.01);
  EXPECT_LT(dropped(prepared, DropReason::kDoublet), 0.12);
}

TEST(RealFiles, GatedPopulationsLoseAlmostNothing) {
  const auto flow = data_folder() / "gatemeclass_flow";
  const auto mass = data_folder() / "huimmprofiling_s1" / "by_population";
  SKIP_WITHOUT(flow);
  SKIP_WITHOUT(mass);
  for (const auto& [folder, instrument] :
       {std::pair{flow, Instrument::kFlow}, std::pair{mass, Instrument::kMass}}) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() != ".fcs") continue;
      const PreparedSample prepared =
          prepare(entry.path(), instrument,
                  instrument == Instrument::kFlow ? Roles(flow_roles) : Roles(helios_roles));
      EXPECT_GE(static_cast<double>(prepared.kept), 0.97 * static_cast<double>(prepared.events))
          << entry.path();
    }
  }
}

}  // namespace
}  // namespace gateless::preprocess
