// The backend over ranks, with threads in the place of processes: the same bytes for any number of ranks, and a failure
// on any of them told by the first. tests/cli/ranks_test.cpp does the same with the program and mpirun.
#include "host/compute/ranked_backend.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "host/compute/event_keys.hpp"
#include "host/compute/rank_options.hpp"
#include "host/compute/reference_backend.hpp"
#include "host/core/error.hpp"
#include "tests/compute/made_events.hpp"
#include "tests/compute/thread_ranks.hpp"

namespace gateless::compute {
namespace {

TEST(RankedBackend, GivesTheSameBytesForAnyNumberOfRanks) {
  for (const std::size_t count : {1U, 2U, 3U, 7U}) {
    for (const std::size_t size : {0U, 1U, 5U, 1003U}) {
      SCOPED_TRACE(testing::Message() << count << " ranks, " << size << " events");
      const MadeEvents events = uniform_events(6, size, -3.0, 5.0, size + 1);
      const Matrix<float> codebook = uniform_codebook(20, 6, 3);
      const Scaling scaling = scaling_of(events.view(), 1);
      const auto expected = make_reference_backend()->load(events.view(), scaling);
      std::vector<NodeIndex> expected_nodes(size);
      expected->assign(codebook, expected_nodes);
      with_ranks(count, [&](Ranks& ranks) {
        const auto backend = make_ranked_backend(ranks, "cpu", {.threads = 1, .tile_events = 100});
        EXPECT_EQ(backend->name(), "cpu");
        const auto found = backend->load(events.view(), scaling);
        for (int repetition = 0; repetition < 2; ++repetition) {
          EXPECT_TRUE(found->pass(codebook) == expected->pass(codebook));
        }
        std::vector<NodeIndex> nodes(size + 1, 4711);
        found->assign(codebook, nodes);
        EXPECT_EQ(nodes.back(), 4711) << "written past the end";
        nodes.pop_back();
        EXPECT_EQ(nodes, expected_nodes);
        std::fill(nodes.begin(), nodes.end(), NodeIndex{4711});
        EXPECT_TRUE(found->assign_with_squares(codebook, nodes) ==
                    expected->assign_with_squares(codebook, expected_nodes));
        EXPECT_EQ(nodes, expected_nodes);
        EXPECT_TRUE(found->products() == expected->products());
        const MeasuredEvents measured = backend->load(events.view());
        EXPECT_EQ(measured.scaling, scaling);
        EXPECT_EQ(measured.keys, keys_of(events.view(), 1));
        EXPECT_TRUE(measured.events->pass(codebook) == expected->pass(codebook));
      });
    }
  }
}

TEST(RankedBackend, HoldsSeveralPoolsAtATime) {
  const MadeEvents first = uniform_events(2, 100, 0.0, 1.0, 1);
  const MadeEvents second = uniform_events(4, 37, 0.0, 1.0, 2);
  with_ranks(3, [&](Ranks& ranks) {
    const auto backend = make_ranked_backend(ranks, "reference", {});
    const auto total = [](ResidentEvents& events, std::size_t markers) {
      return events.pass(uniform_codebook(1, markers, 1)).counts[0];
    };
    auto one = backend->load(first.view(), scaling_of(first.view(), 1));
    const auto two = backend->load(second.view(), scaling_of(second.view(), 1));
    EXPECT_EQ(total(*one, 2), 100U);
    EXPECT_EQ(total(*two, 4), 37U);
    one.reset();
    EXPECT_EQ(total(*two, 4), 37U);
  });
}

TEST(RankedBackend, NamesABadValueByItsPlaceInTheWholePool) {
  MadeEvents events = uniform_events(2, 100, 0.0, 1.0, 1);
  events.at(1, 93) = NAN;
  with_ranks(3, [&](Ranks& ranks) {
    const auto backend = make_ranked_backend(ranks, "cpu", {.threads = 1});
    try {
      (void)backend->load(events.view(), {{0.0F, 0.0F}, 1.0F});
      ADD_FAILURE() << "loaded";
    } catch (const InputError& error) {
      EXPECT_NE(std::string(error.what()).find("marker 2, pooled event 93"), std::string::npos);
    }
  });
}

/// Fails at one step, as a machine may that differs from the first.
class BrokenEvents final : public ResidentEvents {
 public:
  NodeSums pass(const Matrix<float>& /*codebook*/) override { throw DeviceError("the GPU fell"); }
  void assign(const Matrix<float>& /*codebook*/, std::span<NodeIndex> /*nodes*/) override {
    throw std::runtime_error("a bug in assign");
  }
  NodeSquares assign_with_squares(const Matrix<float>& /*codebook*/,
                                  std::span<NodeIndex> /*nodes*/) override {
    throw DeviceError("the GPU burnt");
  }
  MarkerProducts products() override { throw DeviceError("the GPU drowned"); }
};
class BrokenBackend final : public Backend {
 public:
  explicit BrokenBackend(bool can_load) : can_load_(can_load) {}
  [[nodiscard]] std::string name() const override { return "broken"; }
  [[nodiscard]] std::string device() const override { return "none"; }
  [[nodiscard]] std::unique_ptr<ResidentEvents> load(EventView /*events*/,
                                                     const Scaling& /*scaling*/) override {
    if (!can_load_) throw InputError("no room");
    return std::make_unique<BrokenEvents>();
  }
  [[nodiscard]] MeasuredEvents load(EventView events) override {
    return {{}, {}, {}, load(events, {})};
  }

 private:
  bool can_load_;
};

/// The message of what `work` throws; its status must be this.
template <class Work>
std::string failure_of(ExitStatus status, const Work& work) {
  try {
    work();
  } catch (const UserError& error) {
    EXPECT_EQ(error.status(), status);
    return error.what();
  } catch (const std::exception& error) {
    EXPECT_EQ(status, ExitStatus::kBug);
    return error.what();
  }
  return "";
}

TEST(RankedBackend, TellsWhatFailedOnAnotherRankAndGoesOn) {
  const MadeEvents events = uniform_events(2, 100, 0.0, 1.0, 1);
  const Scaling scaling = scaling_of(events.view(), 1);
  const Matrix<float> codebook = uniform_codebook(3, 2, 1);
  const auto broken_from_2 = [](bool can_load) {
    return [can_load](std::size_t rank) -> BackendMaker {
      if (rank < 2) return make_backend;
      return [can_load](const std::string&, const BackendOptions&) {
        return std::make_unique<BrokenBackend>(can_load);
      };
    };
  };
  with_ranks(
      4,
      [&](Ranks& ranks) {
        const auto backend = make_ranked_backend(ranks, "cpu", {.threads = 1});
        const auto resident = backend->load(events.view(), scaling);
        std::vector<NodeIndex> nodes(100);
        for (int repetition = 0; repetition < 2; ++repetition) {
          EXPECT_EQ(failure_of(ExitStatus::kDevice, [&] { (void)resident->pass(codebook); }),
                    "rank 2: the GPU fell");
          EXPECT_EQ(failure_of(ExitStatus::kBug, [&] { resident->assign(codebook, nodes); }),
                    "rank 2: a bug in assign");
          EXPECT_EQ(failure_of(ExitStatus::kDevice,
                               [&] { (void)resident->assign_with_squares(codebook, nodes); }),
                    "rank 2: the GPU burnt");
          EXPECT_EQ(failure_of(ExitStatus::kDevice, [&] { (void)resident->products(); }),
                    "rank 2: the GPU drowned");
        }
      },
      broken_from_2(true));
  with_ranks(
      4,
      [&](Ranks& ranks) {
        const auto backend = make_ranked_backend(ranks, "cpu", {.threads = 1});
        EXPECT_EQ(
            failure_of(ExitStatus::kInput, [&] { (void)backend->load(events.view(), scaling); }),
            "rank 2: no room");
      },
      broken_from_2(false));
}

TEST(RankedBackend, TellsThatAnotherRankHasNoSuchBackend) {
  with_ranks(
      3,
      [&](Ranks& ranks) {
        EXPECT_EQ(failure_of(ExitStatus::kDevice,
                             [&] { (void)make_ranked_backend(ranks, "cpu", {.threads = 1}); }),
                  "rank 1: no GPU here");
      },
      [](std::size_t) -> BackendMaker {
        return [](const std::string&, const BackendOptions&) -> std::unique_ptr<Backend> {
          throw DeviceError("no GPU here");
        };
      });
}

TEST(RankedBackend, HandsItsOptionsToEveryRank) {
  const BackendOptions options{
      .threads = 3, .tile_events = 77, .memory_gib = 0.5, .devices = {4, 5, 6}};
  with_ranks(
      2, [&](Ranks& ranks) { (void)make_ranked_backend(ranks, "reference", options); },
      [&](std::size_t) -> BackendMaker {
        return [&](const std::string& name, const BackendOptions& found) {
          EXPECT_EQ(name, "reference");
          EXPECT_EQ(found.threads, options.threads);
          EXPECT_EQ(found.tile_events, options.tile_events);
          EXPECT_EQ(found.memory_gib, options.memory_gib);
          EXPECT_EQ(found.devices, options.devices);
          return make_backend(name, found);
        };
      });
}

TEST(RankedBackend, DealsTheGpusOfAMachineToItsRanks) {
  using Devices = std::vector<int>;
  const auto dealt = [](std::size_t rank, std::size_t count, const Devices& listed,
                        std::size_t present) {
    Room room(count);
    return devices_of(ThreadRanks(room, rank, count), listed, present);
  };
  EXPECT_EQ(dealt(0, 1, {}, 8), Devices{}) << "alone: as without ranks";
  EXPECT_EQ(dealt(0, 1, {0, 1}, 8), (Devices{0, 1}));
  EXPECT_EQ(dealt(1, 2, {}, 2), Devices{1});
  EXPECT_EQ(dealt(1, 2, {}, 4), (Devices{1, 3}));
  EXPECT_EQ(dealt(1, 2, {}, 1), Devices{0}) << "two ranks share one GPU";
  EXPECT_EQ(dealt(2, 3, {5, 7}, 8), Devices{5});
  EXPECT_EQ(dealt(1, 3, {5, 7}, 8), Devices{7});
  EXPECT_EQ(dealt(1, 2, {}, 0), Devices{});
}

TEST(Ranks, AreOneWhereNobodyStartedMore) {
  int argc = 0;
  char** argv = nullptr;
  const auto ranks = join_ranks(argc, argv);
  EXPECT_EQ(ranks->count(), 1U);
  EXPECT_EQ(ranks->rank(), 0U);
  EXPECT_EQ(make_ranked_backend(*ranks, "reference", {})->name(), "reference");
}

}  // namespace
}  // namespace gateless::compute
