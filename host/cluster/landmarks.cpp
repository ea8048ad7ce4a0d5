#include "host/cluster/landmarks.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gateless {
namespace {

double squared_between(std::span<const float> one, std::span<const float> other) {
  double sum = 0.0;
  for (std::size_t m = 0; m < one.size(); ++m) {
    const double apart = static_cast<double>(one[m]) - static_cast<double>(other[m]);
    sum += apart * apart;
  }
  return sum;
}

LandmarkPair pair_of(double x, double y, double squared, double from_x, double from_y) {
  constexpr double kSamePlace = 1e-10;
  LandmarkPair pair{.x = x, .y = y};
  const double plane = x * x + y * y;
  if (plane < kSamePlace || squared <= 0.0) return pair;  // says nothing
  pair.inverse_plane = 1.0 / plane;
  pair.weight = 1.0 / (1.0 + plane);
  pair.half_inverse = 0.5 / squared;
  pair.offset = 0.5 + (x * from_x + y * from_y) / plane;
  return pair;
}

}  // namespace

Landmarks::Landmarks(const Matrix<float>& codebook, const Matrix<double>& layout)
    : count_(std::min(codebook.rows(), kMost)),
      markers_(codebook.columns()),
      listed_(std::min(count_, kListed)),
      marks_(count_, markers_) {
  for (std::size_t l = 0; l < count_; ++l) {
    const std::size_t node = l * codebook.rows() / count_;
    std::copy(codebook.row(node).begin(), codebook.row(node).end(), marks_.row(l).begin());
    x_.push_back(layout(node, 0));
    y_.push_back(layout(node, 1));
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
  order_neighbours();
}

void Landmarks::order_neighbours() {
  pairs_.resize(count_ * count_);
  order_.resize(count_ * listed_);
  ring_.resize(count_ * blocks());
  values_.assign(count_ * blocks() * markers_ * kBlock, 0.0F);
  std::vector<double> squared(count_);
  std::vector<std::uint32_t> order(count_);
  for (std::size_t home = 0; home < count_; ++home) {
    for (std::size_t l = 0; l < count_; ++l) {
      squared[l] = squared_between(marks_.row(home), marks_.row(l));
      pairs_[home * count_ + l] =
          pair_of(x_[l] - x_[home], y_[l] - y_[home], squared[l], x_[home], y_[home]);
    }
    std::iota(order.begin(), order.end(), 0U);
    squared[home] = -1.0;  // itself comes first
    std::sort(order.begin(), order.end(), [&](std::uint32_t one, std::uint32_t other) {
      return squared[one] != squared[other] ? squared[one] < squared[other] : one < other;
    });
    std::copy_n(order.begin(), listed_,
                order_.begin() + static_cast<std::ptrdiff_t>(home * listed_));
    for (std::size_t rank = 0; rank < listed_; ++rank) {
      const std::size_t b = rank / kBlock;
      if (rank % kBlock == 0)
        ring_[home * blocks() + b] =
            static_cast<float>(std::sqrt(std::max(0.0, squared[order[rank]])) * (1.0 - 1e-5));
      float* block = values_.data() + (home * blocks() + b) * markers_ * kBlock;
      for (std::size_t m = 0; m < markers_; ++m)
        block[m * kBlock + rank % kBlock] = marks_(order[rank], m);
    }
  }
}

}  // namespace gateless
