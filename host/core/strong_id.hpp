// Numbers of one kind that cannot be taken for those of another. Arrays by event keep plain integers.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace gateless {

template <class Tag>
class StrongId {
 public:
  constexpr StrongId() = default;
  constexpr explicit StrongId(std::uint32_t value) : value_(value) {}

  /// The one at `place` of its list.
  [[nodiscard]] static constexpr StrongId at(std::size_t place) {
    return StrongId(static_cast<std::uint32_t>(place));
  }

  [[nodiscard]] constexpr std::uint32_t value() const noexcept { return value_; }
  /// The id that lies `steps` after this one.
  [[nodiscard]] constexpr StrongId after(std::uint32_t steps) const {
    return StrongId(value_ + steps);
  }
  friend constexpr auto operator<=>(const StrongId&, const StrongId&) = default;

 private:
  std::uint32_t value_ = 0;
};

/// A metacluster as all tables call it: 1-based, unique over the maps of all panels.
using MetaclusterId = StrongId<struct MetaclusterTag>;
/// A node of a map, from 0.
using NodeId = StrongId<struct NodeTag>;
/// A subset by its place in the panel's model (SubsetModel::subsets).
using SubsetId = StrongId<struct SubsetTag>;

}  // namespace gateless
