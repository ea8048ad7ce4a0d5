// Fibres, barriers and warp operations of the simulated GPU.
#include "tests/compute/simulated_gpu.hpp"

#include <ucontext.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdlib>
#include <exception>
#include <map>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

#include "cuda/half.hpp"
#include "host/core/layers.hpp"
#include "host/core/philox.hpp"
#include "tests/sanitized.hpp"

namespace gateless::compute::simulated {
namespace {

constexpr std::size_t kStackBytes = 96U << 10U;
constexpr std::size_t kWarp = cuda::kWarp;
constexpr std::size_t kOperandWords = 6;  // a and b of a tensor-core product

/// Threads that wait for each other; opens when `needed` have come.
struct Barrier {
  std::size_t arrived = 0;
  std::uint64_t opened = 0;
};

struct Warp {
  std::array<std::array<std::uint32_t, kOperandWords>, kWarp> words{};
  std::map<unsigned, Barrier> barriers;  ///< by the lanes that take part
};

/// Memory of fibres that have ended, for the next ones of this thread.
class Stacks {
 public:
  using Stack = std::unique_ptr<std::byte[]>;

  Stack take() {
    if (free_.empty()) return std::make_unique_for_overwrite<std::byte[]>(kStackBytes);
    Stack stack = std::move(free_.back());
    free_.pop_back();
    return stack;
  }
  void give(Stack stack) { free_.push_back(std::move(stack)); }

 private:
  std::vector<Stack> free_;
};
thread_local Stacks stacks;

}  // namespace

/// One block: its fibres and what they share.
class Block {
 public:
  Block(const Launch& launch, unsigned index, const std::function<void(const Lane&)>& body)
      : launch_(launch),
        index_(index),
        body_(body),
        shared_(
            static_cast<std::byte*>(std::aligned_alloc(16, (launch.shared_bytes + 15) / 16 * 16))),
        warps_(static_cast<std::size_t>(launch.threads) / kWarp),
        fibres_(static_cast<std::size_t>(launch.threads)) {
    std::fill_n(shared_.get(), (launch.shared_bytes + 15) / 16 * 16, std::byte{0xA5});
  }

  void run() {
    std::vector<std::size_t> order(fibres_.size());
    std::iota(order.begin(), order.end(), 0);
    if (launch_.order == Order::kBackward) std::reverse(order.begin(), order.end());
    if (launch_.order == Order::kShuffled) {
      const Philox random(index_, 3);
      for (std::size_t last = order.size(); last > 1; --last) {
        std::swap(order[last - 1], order[random.below(last, last)]);
      }
    }
    for (std::size_t thread = 0; thread < fibres_.size(); ++thread) start(thread);
    for (std::size_t left = fibres_.size(); left > 0;) {
      progress_ = false;
      for (const std::size_t thread : order) {
        if (fibres_[thread].done) continue;
        running_ = thread;
        resume(fibres_[thread]);
        if (!fibres_[thread].done) continue;
        progress_ = true;
        --left;
        if (fibres_[thread].failure) std::rethrow_exception(fibres_[thread].failure);
      }
      if (!progress_) throw std::logic_error("a barrier is not reached by all of its threads");
    }
    for (Fibre& fibre : fibres_) stacks.give(std::move(fibre.stack));
  }

  void meet(Barrier& barrier, std::size_t needed) {
    const std::uint64_t opened = barrier.opened;
    progress_ = true;
    if (++barrier.arrived == needed) {
      barrier.arrived = 0;
      ++barrier.opened;
      return;
    }
    while (barrier.opened == opened) yield(fibres_[running_]);
  }

  /// Puts down the words of a lane and calls read(words of all lanes) once all of `lanes` have done so.
  template <class Read>
  auto together(int thread, unsigned lanes, const std::array<std::uint32_t, kOperandWords>& words,
                const Read& read) {
    const auto lane = static_cast<std::size_t>(thread) % kWarp;
    if ((lanes >> lane & 1U) == 0) throw std::logic_error("a lane names others but not itself");
    Warp& warp = warps_[static_cast<std::size_t>(thread) / kWarp];
    const auto needed = static_cast<std::size_t>(__builtin_popcount(lanes));
    warp.words[lane] = words;
    meet(warp.barriers[lanes], needed);
    auto result = read(warp.words);
    meet(warp.barriers[lanes], needed);
    return result;
  }

  Launch launch_;
  unsigned index_;
  Barrier whole_;

  [[nodiscard]] void* shared() const { return shared_.get(); }

 private:
  struct Fibre {
    ucontext_t context{};
    std::jmp_buf place{};
    bool started = false;
    Stacks::Stack stack;
    bool done = false;
    std::exception_ptr failure;
  };
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };

  // swapcontext asks the system for the signal mask each time; jumps between contexts that once began do not. The
  // address and thread sanitizers know only the former.
#if defined(GATELESS_ADDRESS_SANITIZER) || defined(GATELESS_THREAD_SANITIZER)
  void resume(Fibre& fibre) { swapcontext(&scheduler_, &fibre.context); }
  void yield(Fibre& fibre) { swapcontext(&fibre.context, &scheduler_); }
  void leave(Fibre& /*fibre*/) {}  // uc_link leads back
#else
  void resume(Fibre& fibre) {
    if (_setjmp(scheduler_place_) != 0) return;
    if (std::exchange(fibre.started, true)) _longjmp(fibre.place, 1);
    swapcontext(&scheduler_, &fibre.context);
  }
  void yield(Fibre& fibre) {
    if (_setjmp(fibre.place) == 0) _longjmp(scheduler_place_, 1);
  }
  void leave(Fibre& fibre) { yield(fibre); }
#endif

  void start(std::size_t thread) {
    Fibre& fibre = fibres_[thread];
    fibre.stack = stacks.take();
    getcontext(&fibre.context);
    fibre.context.uc_stack.ss_sp = fibre.stack.get();
    fibre.context.uc_stack.ss_size = kStackBytes;
    fibre.context.uc_link = &scheduler_;
    // makecontext passes ints: the pointer goes in two.
    const auto self = reinterpret_cast<std::uintptr_t>(this);
    makecontext(&fibre.context, reinterpret_cast<void (*)()>(&Block::enter), 3,
                static_cast<unsigned>(self >> 32U), static_cast<unsigned>(self),
                static_cast<unsigned>(thread));
  }

  static void enter(unsigned high, unsigned low, unsigned thread) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): as makecontext passed it
    auto* const block = reinterpret_cast<Block*>(static_cast<std::uintptr_t>(high) << 32U | low);
    try {
      block->body_(Lane(*block, static_cast<int>(thread)));
    } catch (...) {
      block->fibres_[thread].failure = std::current_exception();
    }
    block->fibres_[thread].done = true;
    block->leave(block->fibres_[thread]);
  }

  const std::function<void(const Lane&)>& body_;
  std::unique_ptr<std::byte, Free> shared_;
  std::vector<Warp> warps_;
  std::vector<Fibre> fibres_;
  ucontext_t scheduler_{};
  std::jmp_buf scheduler_place_{};
  std::size_t running_ = 0;
  bool progress_ = false;
};

int Lane::threads() const { return block_->launch_.threads; }
unsigned Lane::block() const { return block_->index_; }
unsigned Lane::blocks() const { return block_->launch_.blocks; }
void* Lane::shared() const { return block_->shared(); }
void Lane::wait_for_block() const {
  block_->meet(block_->whole_, static_cast<std::size_t>(block_->launch_.threads));
}

unsigned Lane::vote(bool flag) const {
  return block_->together(thread_, cuda::kWholeWarp, {flag ? 1U : 0U}, [](const auto& words) {
    unsigned lanes = 0;
    for (std::size_t lane = 0; lane < kWarp; ++lane) lanes |= words[lane][0] << lane;
    return lanes;
  });
}
unsigned Lane::peers(int value) const {
  const auto word = packed_word(value);
  return block_->together(thread_, cuda::kWholeWarp, {word}, [word](const auto& words) {
    unsigned lanes = 0;
    for (std::size_t lane = 0; lane < kWarp; ++lane) {
      lanes |= (words[lane][0] == word ? 1U : 0U) << lane;
    }
    return lanes;
  });
}
int Lane::largest(int value) const {
  return block_->together(thread_, cuda::kWholeWarp, {packed_word(value)}, [](const auto& words) {
    int most = unpacked<int>(words[0][0]);
    for (const auto& word : words) most = std::max(most, unpacked<int>(word[0]));
    return most;
  });
}
std::uint32_t Lane::sum_of_lanes(unsigned lanes, std::uint32_t value) const {
  return block_->together(thread_, lanes, {value}, [lanes](const auto& words) {
    std::uint32_t sum = 0;
    for (std::size_t lane = 0; lane < kWarp; ++lane) {
      if ((lanes >> lane & 1U) != 0) sum += words[lane][0];
    }
    return sum;
  });
}
std::uint32_t Lane::word_of_lane(std::uint32_t word, int lane) const {
  return block_->together(thread_, cuda::kWholeWarp, {word}, [lane](const auto& words) {
    return words.at(static_cast<std::size_t>(lane))[0];
  });
}

void Lane::multiply_add(float (&d)[4], const std::array<std::uint32_t, kOperandWords>& words,
                        std::size_t depth, const float* c) const {
  // PTX ISA, "Matrix fragments for mma.m16n8k16 with floating point type": the words of the lane 4g + t are
  // a: rows g, g + 8, g, g + 8 at columns 2t, 2t, 2t + 8, 2t + 8; b: rows 2t, 2t + 8 at column g. For m16n8k8: the same
  // without the columns and rows from 8 on.
  const auto self = static_cast<std::size_t>(thread_) % kWarp;
  const std::array<float, 4> start{c[0], c[1], c[2], c[3]};
  const auto sums = block_->together(thread_, cuda::kWholeWarp, words, [&](const auto& of_lanes) {
    const auto half = [](std::uint32_t word, std::size_t k) {
      return word >> (k % 2 * 16) & 0xFFFFU;
    };
    std::array<float, 4> result{};
    for (std::size_t cell = 0; cell < 4; ++cell) {
      const std::size_t row = self / 4 + cell / 2 * 8;
      const std::size_t column = self % 4 * 2 + cell % 2;
      std::array<std::pair<std::uint32_t, std::uint32_t>, 16> products{};
      for (std::size_t k = 0; k < depth; ++k) {
        const std::size_t place = k % 8 / 2;
        const auto& of_row = of_lanes[row % 8 * 4 + place];
        const auto& of_column = of_lanes[column * 4 + place];
        products[k] = {half(of_row[row / 8 + k / 8 * 2], k), half(of_column[4 + k / 8], k)};
      }
      const std::uint64_t place = cuda::bits_of(start[cell]) * 31U + of_lanes[row][0] + column;
      result[cell] =
          tensor_sum(block_->launch_.tensor_sums, start[cell], {products.data(), depth}, place);
    }
    return result;
  });
  std::copy(sums.begin(), sums.end(), d);
}
void Lane::multiply_add(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2],
                        const float* c) const {
  multiply_add(d, {a[0], a[1], a[2], a[3], b[0], b[1]}, 16, c);
}
void Lane::multiply_add(float (&d)[4], const std::uint32_t (&a)[2], std::uint32_t b,
                        const float* c) const {
  multiply_add(d, {a[0], a[1], 0U, 0U, b, 0U}, 8, c);
}

void run(const Launch& launch, const std::function<void(const Lane&)>& body) {
  if (launch.threads % cuda::kWarp != 0) throw std::logic_error("a block is not whole warps");
  for (unsigned block = 0; block < launch.blocks; ++block) {
    const bool backward = launch.order == Order::kBackward;
    Block(launch, backward ? launch.blocks - 1 - block : block, body).run();
  }
}

namespace {

template <int... kVariant>
void run_exact(const cuda::PassPlan& plan, const cuda::DevicePass& pass, const Lane& lane,
               std::integer_sequence<int, kVariant...> /*variants*/) {
  ((plan.variant == kVariant ? cuda::exact_pass<kVariant>(lane, pass, plan.exact) : void()), ...);
}
template <int... kVariant>
void run_proposed(const cuda::PassPlan& plan, const cuda::DevicePass& pass, const Lane& lane,
                  std::integer_sequence<int, kVariant...> /*variants*/) {
  ((plan.variant == kVariant ? cuda::proposed_pass<kVariant>(lane, pass, plan.proposed) : void()),
   ...);
}

}  // namespace

void run_pass(const cuda::PassPlan& plan, const cuda::DevicePass& pass, Launch launch) {
  if (pass.count == 0) return;
  launch.threads = plan.threads;
  launch.shared_bytes = plan.shared_bytes;
  run(launch, [&](const Lane& lane) {
    if (plan.nearest_by == NearestBy::kProposal) {
      run_proposed(plan, pass, lane,
                   std::make_integer_sequence<int, cuda::kProposedVariantCount>());
    } else {
      run_exact(plan, pass, lane, std::make_integer_sequence<int, cuda::kExactVariantCount>());
    }
  });
}

void run_selection(const cuda::DeviceSelection& job) {
  *job.listed = 0;
  for (std::uint32_t event = 0; event < job.count; ++event) {
    if ((job.open[event / 32] >> event % 32 & 1U) != 0) job.list[(*job.listed)++] = event;
  }
}

}  // namespace gateless::compute::simulated
