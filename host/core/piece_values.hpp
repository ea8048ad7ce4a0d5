// Values to and from pieces: numbers, text, containers, and every struct of these (host/core/fields.hpp).
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "host/core/event_store.hpp"
#include "host/core/fields.hpp"
#include "host/core/matrix.hpp"
#include "host/core/pieces.hpp"

namespace gateless {

/// Values whose bytes are all that they are.
template <class T>
concept Plain = (std::is_arithmetic_v<T> || std::is_enum_v<T>)&&!std::same_as<T, bool>;

template <class T>
concept PlainStruct = std::is_aggregate_v<T> && std::is_class_v<T>;

// ---- writing

template <Plain T>
void put(PieceWriter& to, const T& value) {
  to.write(std::as_bytes(std::span(&value, 1)));
}
inline void put(PieceWriter& to, bool value) { put(to, static_cast<std::uint8_t>(value)); }
inline void put(PieceWriter& to, const std::string& text) {
  put(to, std::uint64_t{text.size()});
  to.write(std::as_bytes(std::span(text)));
}
template <class First, class Second>
void put(PieceWriter& to, const std::pair<First, Second>& pair);
template <class T>
void put(PieceWriter& to, const std::optional<T>& value);
template <class T>
void put(PieceWriter& to, const std::vector<T>& values);
template <class Key, class T>
void put(PieceWriter& to, const std::map<Key, T>& map);
template <class T, std::size_t N>
void put(PieceWriter& to, const std::array<T, N>& values) {
  for (const T& value : values) put(to, value);
}
template <class T>
void put(PieceWriter& to, const Matrix<T>& matrix);
inline void put(PieceWriter& to, const EventStore& store);
template <PlainStruct T>
void put(PieceWriter& to, const T& value) {
  std::apply([&](const auto&... fields) { (put(to, fields), ...); }, fields_of(value));
}
template <class First, class Second>
void put(PieceWriter& to, const std::pair<First, Second>& pair) {
  put(to, pair.first);
  put(to, pair.second);
}
template <class T>
void put(PieceWriter& to, const std::optional<T>& value) {
  put(to, value.has_value());
  if (value) put(to, *value);
}
template <class T>
void put(PieceWriter& to, const std::vector<T>& values) {
  put(to, std::uint64_t{values.size()});
  if constexpr (Plain<T>) {
    to.write(std::as_bytes(std::span(values)));
  } else {
    for (const auto& value : values) put(to, static_cast<const T&>(value));
  }
}
template <class Key, class T>
void put(PieceWriter& to, const std::map<Key, T>& map) {
  put(to, std::uint64_t{map.size()});
  for (const auto& entry : map) put(to, entry);
}
template <class T>
void put(PieceWriter& to, const Matrix<T>& matrix) {
  put(to, std::uint64_t{matrix.rows()});
  put(to, std::uint64_t{matrix.columns()});
  to.write(std::as_bytes(matrix.values()));
}
inline void put(PieceWriter& to, const EventStore& store) {
  put(to, store.markers());
  put(to, std::uint64_t{store.ranges().size()});
  for (const SampleRange& range : store.ranges()) {
    put(to, std::uint64_t{range.sample});
    put(to, std::uint64_t{range.count});
  }
  for (std::size_t marker = 0; marker < store.markers().size(); ++marker)
    to.write(std::as_bytes(store.view().marker(marker)));
}

// ---- reading

template <Plain T>
void get(PieceReader& from, T& value) {
  from.read(std::as_writable_bytes(std::span(&value, 1)));
}
inline void get(PieceReader& from, bool& value) {
  std::uint8_t byte = 0;
  get(from, byte);
  value = byte != 0;
}
/// How many values follow, of at least `bytes` each. Errors: DamagedPiece where there are fewer.
inline std::size_t get_count(PieceReader& from, std::size_t bytes) {
  std::uint64_t count = 0;
  get(from, count);
  if (count > from.left() / std::max<std::size_t>(bytes, 1)) throw DamagedPiece();
  return count;
}
inline void get(PieceReader& from, std::string& text) {
  text.resize(get_count(from, 1));
  from.read(std::as_writable_bytes(std::span(text)));
}
template <class First, class Second>
void get(PieceReader& from, std::pair<First, Second>& pair);
template <class T>
void get(PieceReader& from, std::optional<T>& value);
template <class T>
void get(PieceReader& from, std::vector<T>& values);
template <class Key, class T>
void get(PieceReader& from, std::map<Key, T>& map);
template <class T, std::size_t N>
void get(PieceReader& from, std::array<T, N>& values) {
  for (T& value : values) get(from, value);
}
template <class T>
void get(PieceReader& from, Matrix<T>& matrix);
inline void get(PieceReader& from, EventStore& store);
template <PlainStruct T>
void get(PieceReader& from, T& value) {
  std::apply([&](auto&... fields) { (get(from, fields), ...); }, fields_of(value));
}
template <class First, class Second>
void get(PieceReader& from, std::pair<First, Second>& pair) {
  get(from, pair.first);
  get(from, pair.second);
}
template <class T>
void get(PieceReader& from, std::optional<T>& value) {
  bool is_there = false;
  get(from, is_there);
  value.reset();
  if (is_there) get(from, value.emplace());
}
template <class T>
void get(PieceReader& from, std::vector<T>& values) {
  if constexpr (Plain<T>) {
    values.resize(get_count(from, sizeof(T)));
    from.read(std::as_writable_bytes(std::span(values)));
  } else {
    values.clear();
    for (std::size_t left = get_count(from, 1); left > 0; --left) {
      T value{};
      get(from, value);
      values.push_back(std::move(value));
    }
  }
}
template <class Key, class T>
void get(PieceReader& from, std::map<Key, T>& map) {
  map.clear();
  for (std::size_t left = get_count(from, 1); left > 0; --left) {
    std::pair<Key, T> entry;
    get(from, entry);
    map.insert(std::move(entry));
  }
}
template <class T>
void get(PieceReader& from, Matrix<T>& matrix) {
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  get(from, rows);
  get(from, columns);
  if (columns > 0 && rows > from.left() / sizeof(T) / columns) throw DamagedPiece();
  matrix = Matrix<T>(rows, columns);
  from.read(std::as_writable_bytes(matrix.values()));
}
inline void get(PieceReader& from, EventStore& store) {
  std::vector<std::string> markers;
  get(from, markers);
  std::vector<SampleRange> ranges(get_count(from, 2 * sizeof(std::uint64_t)));
  std::size_t events = 0;
  for (SampleRange& range : ranges) {
    get(from, range.sample);
    range.first = events;
    range.count = get_count(from, sizeof(float) * markers.size());
    events += range.count;
  }
  if (events > from.left() / sizeof(float) / std::max<std::size_t>(markers.size(), 1))
    throw DamagedPiece();
  store = EventStore(markers, std::move(ranges));
  for (std::size_t marker = 0; marker < markers.size(); ++marker)
    from.read(std::as_writable_bytes(store.marker(marker)));
}

// ---- pieces

/// The result of `work`, from an interrupted run that has finished it, else kept for the next one.
template <class Work>
auto finished(Pieces& pieces, const std::string& name, Work&& work) {
  std::invoke_result_t<Work> result{};
  if (pieces.take(name, [&](PieceReader& from) { get(from, result); })) return result;
  result = work();
  pieces.keep(name, [&](PieceWriter& to) { put(to, result); });
  return result;
}

/// The results of the turns of a loop, in one piece that grows with each: a run that is interrupted within the loop goes on
/// at the turn that it was in.
template <class T>
class FinishedTurns {
 public:
  FinishedTurns(Pieces& pieces, std::string name) : pieces_(pieces), name_(std::move(name)) {
    if (!pieces_.take(name_, [&](PieceReader& from) { get(from, results_); })) results_.clear();
  }

  /// The result of the next turn.
  template <class Work>
  T next(Work&& work) {
    if (turn_ == results_.size()) {
      results_.push_back(work());
      pieces_.keep(name_, [&](PieceWriter& to) { put(to, results_); });
    }
    return results_[turn_++];
  }

 private:
  Pieces& pieces_;
  std::string name_;
  std::vector<T> results_;
  std::size_t turn_ = 0;
};

}  // namespace gateless
