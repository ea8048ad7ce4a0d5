// Numbers of one kind that cannot be taken for those of another.
#pragma once

#include <compare>
#include <cstdint>

namespace gateless {

template <class Tag>
class StrongId {
 public:
  constexpr StrongId() = default;
  constexpr explicit StrongId(std::uint32_t value) : value_(value) {}

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

}  // namespace gateless
