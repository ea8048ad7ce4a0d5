// Average linkage: the tree of merges that metaclusters are cut from.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "host/core/matrix.hpp"

namespace gateless::cluster {

/// One step of the agglomeration: the groups of these two members become one.
struct Merge {
  std::size_t left = 0;
  std::size_t right = 0;
  double height = 0.0;
};

/// Euclidean distances between the rows, [rows][rows].
[[nodiscard]] Matrix<double> distances_between(const Matrix<float>& points);

/// Average linkage (UPGMA; Sokal & Michener 1958) by nearest-neighbour chains (Murtagh, Comput. J. 1983), O(members^2).
/// Every member counts the same, so that a small population far away is not swallowed for being small, as it is by
/// Ward's criterion. `distance` is [members][members], symmetric; [members - 1] merges by rising height.
[[nodiscard]] std::vector<Merge> agglomerate(Matrix<double> distance);

/// Group of each member after the merges below `height`, 0-based in the order of first members.
[[nodiscard]] std::vector<std::size_t> cut_at(const std::vector<Merge>& merges, double height);

/// The same for a number of groups, at least 1; as many as members where more are asked for.
[[nodiscard]] std::vector<std::size_t> cut_into(const std::vector<Merge>& merges,
                                                std::size_t groups);

/// Whether two groups of members must not be joined.
using AreApart = std::function<bool(std::span<const std::size_t>, std::span<const std::size_t>)>;

/// Average linkage of what lies nearer than `height`, but groups that are apart stay apart. Group of each member, 0-based
/// in the order of first members. Each join and each refusal asks one question; a refused pair is asked again once either
/// has grown. O(members) for a question, and usually O(members^2) in all.
[[nodiscard]] std::vector<std::size_t> join_unless_apart(Matrix<double> distance, double height,
                                                         const AreApart& are_apart);

}  // namespace gateless::cluster
