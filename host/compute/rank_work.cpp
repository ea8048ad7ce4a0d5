#include "host/compute/rank_work.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <limits>
#include <stdexcept>
#include <vector>

#include "host/compute/rank_orders.hpp"
#include "host/core/piece_values.hpp"

namespace gateless::compute {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20U;

class Bytes final : public PieceWriter {
 public:
  void write(std::span<const std::byte> more) override {
    if (more.empty()) return;
    const std::size_t before = bytes.size();
    bytes.resize(before + more.size());
    std::memcpy(bytes.data() + before, more.data(), more.size());
  }
  std::vector<std::byte> bytes;
};

class ReadBytes final : public PieceReader {
 public:
  explicit ReadBytes(std::span<const std::byte> bytes) : bytes_(bytes) {}
  void read(std::span<std::byte> wanted) override {
    if (wanted.size() > bytes_.size()) throw std::logic_error("a request of ranks is too short");
    if (!wanted.empty()) std::memcpy(wanted.data(), bytes_.data(), wanted.size());
    bytes_ = bytes_.subspan(wanted.size());
  }
  [[nodiscard]] std::uint64_t left() const override { return bytes_.size(); }

 private:
  std::span<const std::byte> bytes_;
};

/// One item on its way to rank 0, a block at a time; a block of no bytes ends it.
class ItemSender final : public PieceWriter {
 public:
  explicit ItemSender(Ranks& ranks) : ranks_(ranks), waiting_(kBlockBytes) {}
  void write(std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const std::size_t count = std::min(bytes.size(), kBlockBytes - used_);
      std::memcpy(waiting_.data() + used_, bytes.data(), count);
      bytes = bytes.subspan(count);
      used_ += count;
      if (used_ == kBlockBytes) send();
    }
  }
  void end() {
    if (used_ > 0) send();
    send();
  }

 private:
  void send() {
    const std::uint64_t length = used_;
    ranks_.send(0, std::as_bytes(std::span(&length, 1)));
    if (length > 0) ranks_.send(0, std::span(waiting_).first(used_));
    used_ = 0;
  }

  Ranks& ranks_;
  std::vector<std::byte> waiting_;  ///< [kBlockBytes], the first `used_` wait
  std::size_t used_ = 0;
};

/// One item as it comes from another rank.
class ItemReceiver final : public PieceReader {
 public:
  ItemReceiver(Ranks& ranks, std::size_t from, std::vector<std::byte>& room)
      : ranks_(ranks), from_(from), block_(room) {
    next();
  }
  void read(std::span<std::byte> bytes) override {
    while (!bytes.empty()) {
      if (length_ == 0) throw std::logic_error("a rank sent less than was expected");
      const std::size_t count = std::min(bytes.size(), length_ - used_);
      std::memcpy(bytes.data(), block_.data() + used_, count);
      bytes = bytes.subspan(count);
      used_ += count;
      if (used_ == length_) next();
    }
  }
  [[nodiscard]] std::uint64_t left() const override {
    return std::numeric_limits<std::uint64_t>::max();  // the other rank is this program
  }
  /// The rank waits until all of the item is taken.
  void drain() {
    while (length_ > 0) next();
  }

 private:
  void next() {
    std::uint64_t length = 0;
    ranks_.receive(from_, std::as_writable_bytes(std::span(&length, 1)));
    length_ = length;
    used_ = 0;
    if (length_ > 0) ranks_.receive(from_, std::span(block_).first(length_));
  }

  Ranks& ranks_;
  std::size_t from_;
  std::vector<std::byte>& block_;  ///< [kBlockBytes]
  std::size_t length_ = 0;
  std::size_t used_ = 0;
};

}  // namespace

void work_together(Ranks& ranks, const std::string& task,
                   const std::function<void(PieceWriter&)>& request,
                   const std::function<void()>& own,
                   const std::function<void(std::size_t rank, PieceReader&)>& take) {
  Bytes asked;
  put(asked, task);
  request(asked);
  RankOrder order{.step = RankStep::kWork, .events = asked.bytes.size()};
  broadcast_value(ranks, order);
  broadcast(ranks, std::span(asked.bytes));
  (void)settle(ranks, attempt(own));
  std::vector<std::byte> room(kBlockBytes);
  std::exception_ptr failure;
  for (std::size_t rank = 1; rank < ranks.count(); ++rank) {
    std::uint64_t items = 0;
    ranks.receive(rank, std::as_writable_bytes(std::span(&items, 1)));
    for (; items > 0; --items) {
      ItemReceiver item(ranks, rank, room);
      try {
        if (!failure) take(rank, item);
      } catch (...) {
        failure = std::current_exception();
      }
      item.drain();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

void work_for_first(Ranks& ranks, const RankWorkers& workers, const RankSelf& self,
                    std::uint64_t request_bytes) {
  std::vector<std::byte> request(request_bytes);
  broadcast(ranks, std::span(request));
  RankItems items;
  const RankEnding ending = attempt([&] {
    ReadBytes from(request);
    std::string task;
    get(from, task);
    items = workers.at(task)(from, self);
  });
  if (!settle(ranks, ending)) return;
  const std::uint64_t count = items.count;
  ranks.send(0, std::as_bytes(std::span(&count, 1)));
  for (std::size_t item = 0; item < items.count; ++item) {
    ItemSender to(ranks);
    items.write(item, to);
    to.end();
  }
}

}  // namespace gateless::compute
