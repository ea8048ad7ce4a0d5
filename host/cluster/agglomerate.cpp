#include "host/cluster/agglomerate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace gateless::cluster {
namespace {

/// Chains of nearest neighbours: two that are each other's nearest merge at once, wherever they lie in the tree.
class NearestNeighbourChain {
 public:
  explicit NearestNeighbourChain(Matrix<double> distance)
      : distance_(std::move(distance)),
        size_(distance_.rows(), 1.0),
        is_alive_(distance_.rows(), true) {}

  std::vector<Merge> merges() {
    std::vector<Merge> merges;
    std::vector<std::size_t> chain;
    while (merges.size() + 1 < size_.size()) {
      if (chain.empty()) chain.push_back(first_alive());
      const std::size_t last = chain.back();
      const std::size_t before = chain.size() > 1 ? chain[chain.size() - 2] : size_.size();
      const std::size_t next = nearest(last, before);
      if (next != before) {
        chain.push_back(next);
        continue;
      }
      chain.resize(chain.size() - 2);
      const std::size_t left = std::min(last, next);
      const std::size_t right = std::max(last, next);
      merges.push_back({left, right, distance_(left, right)});
      join(left, right);
    }
    std::stable_sort(merges.begin(), merges.end(),
                     [](const Merge& a, const Merge& b) { return a.height < b.height; });
    return merges;
  }

 private:
  [[nodiscard]] std::size_t first_alive() const {
    return static_cast<std::size_t>(std::find(is_alive_.begin(), is_alive_.end(), true) -
                                    is_alive_.begin());
  }
  /// Ties go to the chain's last but one, so that it ends; then to the lowest index.
  [[nodiscard]] std::size_t nearest(std::size_t of, std::size_t before) const {
    std::size_t best = before;
    double least =
        before < size_.size() ? distance_(of, before) : std::numeric_limits<double>::infinity();
    for (std::size_t other = 0; other < size_.size(); ++other) {
      if (other == of || !is_alive_[other] || distance_(of, other) >= least) continue;
      best = other;
      least = distance_(of, other);
    }
    return best;
  }
  void join(std::size_t left, std::size_t right) {
    const double total = size_[left] + size_[right];
    for (std::size_t other = 0; other < size_.size(); ++other) {
      const double mean =
          (size_[left] * distance_(left, other) + size_[right] * distance_(right, other)) / total;
      distance_(left, other) = distance_(other, left) = mean;
    }
    size_[left] = total;
    is_alive_[right] = false;
  }

  Matrix<double> distance_;
  std::vector<double> size_;
  std::vector<bool> is_alive_;
};

/// Group of each member after the first `count` merges.
std::vector<std::size_t> groups_after(const std::vector<Merge>& merges, std::size_t count) {
  std::vector<std::size_t> parent(merges.size() + 1);
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  const auto root = [&](std::size_t member) {
    while (parent[member] != member) member = parent[member];
    return member;
  };
  for (std::size_t step = 0; step < count; ++step) {
    const std::size_t left = root(merges[step].left);
    const std::size_t right = root(merges[step].right);
    parent[std::max(left, right)] = std::min(left, right);
  }
  std::vector<std::size_t> group(parent.size());
  std::size_t groups = 0;
  for (std::size_t member = 0; member < group.size(); ++member) {
    const std::size_t first = root(member);
    group[member] = first == member ? groups++ : group[first];
  }
  return group;
}

/// Groups that grow by joins of the nearest two; a refused pair is asked again when either has grown.
class GrowingGroups {
 public:
  GrowingGroups(Matrix<double> distance, double height)
      : distance_(std::move(distance)),
        height_(height),
        is_refused_(distance_.rows(), distance_.rows(), 0),
        members_(distance_.rows()),
        partner_(distance_.rows(), kNone) {
    for (std::size_t group = 0; group < members_.size(); ++group) members_[group] = {group};
    for (std::size_t group = 0; group < members_.size(); ++group) find_partner(group);
  }

  void join_all(const AreApart& are_apart) {
    for (std::size_t left = nearest_pair(); left != kNone; left = nearest_pair()) {
      const std::size_t right = partner_[left];
      if (are_apart(members_[left], members_[right])) {
        is_refused_(left, right) = is_refused_(right, left) = 1;
        find_partner(left);
        find_partner(right);
      } else {
        join(left, right);
      }
    }
  }

  [[nodiscard]] std::vector<std::size_t> group_of_member() const {
    std::vector<std::size_t> group(members_.size());
    std::size_t groups = 0;
    // A group keeps the place of its first member.
    for (const auto& members : members_) {
      for (const std::size_t member : members) group[member] = groups;
      if (!members.empty()) ++groups;
    }
    return group;
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  [[nodiscard]] bool may_join(std::size_t left, std::size_t right) const {
    return left != right && !members_[left].empty() && !members_[right].empty() &&
           is_refused_(left, right) == 0 && distance_(left, right) < height_;
  }
  void find_partner(std::size_t group) {
    partner_[group] = kNone;
    for (std::size_t other = 0; other < members_.size(); ++other) {
      if (may_join(group, other)) offer(group, other);
    }
  }
  void offer(std::size_t group, std::size_t other) {
    std::size_t& partner = partner_[group];
    if (partner == kNone || distance_(group, other) < distance_(group, partner)) partner = other;
  }
  /// The left one of the nearest two; the lowest of equal ones.
  [[nodiscard]] std::size_t nearest_pair() const {
    std::size_t best = kNone;
    for (std::size_t group = 0; group < members_.size(); ++group) {
      if (partner_[group] == kNone) continue;
      if (best == kNone || distance_(group, partner_[group]) < distance_(best, partner_[best])) {
        best = group;
      }
    }
    return best;
  }
  void join(std::size_t left, std::size_t right) {
    if (right < left) std::swap(left, right);
    const auto of_left = static_cast<double>(members_[left].size());
    const auto of_right = static_cast<double>(members_[right].size());
    members_[left].insert(members_[left].end(), members_[right].begin(), members_[right].end());
    members_[right].clear();
    partner_[right] = kNone;
    for (std::size_t other = 0; other < members_.size(); ++other) {
      if (other == left || members_[other].empty()) continue;
      distance_(left, other) = distance_(other, left) =
          (of_left * distance_(left, other) + of_right * distance_(right, other)) /
          (of_left + of_right);
      is_refused_(left, other) = is_refused_(other, left) = 0;
      if (partner_[other] == left || partner_[other] == right) {
        find_partner(other);
      } else if (may_join(other, left)) {
        offer(other, left);
      }
    }
    find_partner(left);
  }

  Matrix<double> distance_;
  double height_;
  Matrix<char> is_refused_;
  std::vector<std::vector<std::size_t>> members_;  ///< [groups]; empty once it has joined another
  std::vector<std::size_t> partner_;               ///< the nearest that it may join
};

}  // namespace

Matrix<double> distances_between(const Matrix<float>& points) {
  Matrix<double> distance(points.rows(), points.rows(), 0.0);
  for (std::size_t a = 0; a < points.rows(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      double sum = 0.0;
      for (std::size_t m = 0; m < points.columns(); ++m) {
        const double apart = static_cast<double>(points(a, m)) - static_cast<double>(points(b, m));
        sum += apart * apart;
      }
      distance(a, b) = distance(b, a) = std::sqrt(sum);
    }
  }
  return distance;
}

std::vector<Merge> agglomerate(Matrix<double> distance) {
  return NearestNeighbourChain(std::move(distance)).merges();
}

std::vector<std::size_t> cut_at(const std::vector<Merge>& merges, double height) {
  const auto above = std::find_if(merges.begin(), merges.end(),
                                  [&](const Merge& merge) { return merge.height >= height; });
  return groups_after(merges, static_cast<std::size_t>(above - merges.begin()));
}

std::vector<std::size_t> join_unless_apart(Matrix<double> distance, double height,
                                           const AreApart& are_apart) {
  GrowingGroups groups(std::move(distance), height);
  groups.join_all(are_apart);
  return groups.group_of_member();
}

std::vector<std::size_t> cut_into(const std::vector<Merge>& merges, std::size_t groups) {
  const std::size_t members = merges.size() + 1;
  return groups_after(merges, members - std::clamp<std::size_t>(groups, 1, members));
}

}  // namespace gateless::cluster
