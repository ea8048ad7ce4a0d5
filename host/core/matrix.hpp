// A dense row-major matrix that owns its values: the one container for small tables of numbers.
#pragma once

#include <cassert>
#include <cstddef>
#include <span>
#include <vector>

namespace gateless {

/// Row-major values [rows][columns].
template <class T>
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t columns, T fill = T{})
      : rows_(rows), columns_(columns), values_(rows * columns, fill) {}

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
  [[nodiscard]] bool empty() const noexcept { return values_.empty(); }

  [[nodiscard]] T& operator()(std::size_t row, std::size_t column) {
    assert(row < rows_ && column < columns_);
    return values_[row * columns_ + column];
  }
  [[nodiscard]] const T& operator()(std::size_t row, std::size_t column) const {
    assert(row < rows_ && column < columns_);
    return values_[row * columns_ + column];
  }
  [[nodiscard]] std::span<T> row(std::size_t row) {
    return std::span<T>(values_).subspan(row * columns_, columns_);
  }
  [[nodiscard]] std::span<const T> row(std::size_t row) const {
    return std::span<const T>(values_).subspan(row * columns_, columns_);
  }
  [[nodiscard]] std::span<T> values() noexcept { return values_; }              ///< [rows][columns]
  [[nodiscard]] std::span<const T> values() const noexcept { return values_; }  ///< [rows][columns]

  friend bool operator==(const Matrix&, const Matrix&) = default;

 private:
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  std::vector<T> values_;
};

}  // namespace gateless
