#include "host/cluster/landmarks.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gateless::cluster {
namespace {

double squared_between(std::span<const float> one, std::span<const float> other) {
  double sum = 0.0;
  for (std::size_t m = 0; m < one.size(); ++m) {
    const double apart = static_cast<double>(one[m]) - static_cast<double>(other[m]);
    sum += apart * apart;
  }
  return sum;
}

}  // namespace

Landmarks::Landmarks(const Matrix<float>& codebook, const Matrix<double>& layout)
    : count_(std::min(codebook.rows(), kMost)),
      markers_(codebook.columns()),
      marks_(count_, markers_) {
  for (std::size_t l = 0; l < count_; ++l) {
    const std::size_t node = l * codebook.rows() / count_;
    std::copy(codebook.row(node).begin(), codebook.row(node).end(), marks_.row(l).begin());
    x_.push_back(static_cast<float>(layout(node, 0)));
    y_.push_back(static_cast<float>(layout(node, 1)));
  }
  for (std::size_t node = 0; node < codebook.rows(); ++node) {
    std::size_t home = node;  // where all nodes are landmarks
    if (count_ < codebook.rows()) {
      home = 0;
      for (std::size_t l = 1; l < count_; ++l) {
        if (squared_between(codebook.row(node), marks_.row(l)) <
            squared_between(codebook.row(node), marks_.row(home)))
          home = l;
      }
    }
    home_.push_back(static_cast<std::uint32_t>(home));
  }
  list_neighbours();
}

void Landmarks::list_neighbours() {
  const std::size_t listed = std::min(count_, kListed);
  half_inverses_.assign(count_ * count_, 0.0F);
  around_.assign(count_ * kListed, 0);
  values_.assign(count_ * kListed * markers_, 0.0F);
  std::vector<double> squared(count_);
  std::vector<std::uint32_t> order(count_);
  for (std::size_t home = 0; home < count_; ++home) {
    for (std::size_t l = 0; l < count_; ++l) {
      squared[l] = squared_between(marks_.row(home), marks_.row(l));
      if (squared[l] > 0.0)
        half_inverses_[home * count_ + l] = static_cast<float>(0.5 / squared[l]);
    }
    std::iota(order.begin(), order.end(), 0U);
    squared[home] = -1.0;  // itself comes first
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(listed),
                      order.end(), [&](std::uint32_t one, std::uint32_t other) {
                        return squared[one] != squared[other] ? squared[one] < squared[other]
                                                              : one < other;
                      });
    for (std::size_t rank = 0; rank < listed; ++rank) {
      around_[home * kListed + rank] = order[rank];
      float* block = values_.data() + (home * kListed + rank / kBlock * kBlock) * markers_;
      for (std::size_t m = 0; m < markers_; ++m)
        block[m * kBlock + rank % kBlock] = marks_(order[rank], m);
    }
  }
}

}  // namespace gateless::cluster
