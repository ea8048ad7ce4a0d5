// The events of bench_device: made on the GPU, all of them where they fit, else a stretch at a time.
#pragma once

#include <algorithm>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "cuda/device.hpp"
#include "cuda/runtime_device.hpp"
#include "host/core/error.hpp"
#include "host/core/layers.hpp"
#include "host/core/matrix.hpp"
#include "host/core/philox.hpp"
#include "tests/bench/bench_device_kernels.hpp"

namespace gateless::bench {

using namespace cuda;

struct Shape {
  std::size_t events;
  int markers;
  std::size_t nodes;
};

/// What any codebook's sums must add up to, by a kernel of its own.
struct ColumnSums {
  std::vector<std::int64_t> sums;  ///< [markers], fixed point
  double squares = 0.0;            ///< of all values
};

class Events {
 public:
  Events(cuda::Device& device, const Shape& shape, int processors)
      : device_(device),
        shape_(shape),
        processors_(processors),
        chunk_(fitting(device, shape)),
        values_(device, chunk_ * static_cast<std::size_t>(shape.markers)) {
    columns_.sums.resize(static_cast<std::size_t>(shape.markers));
    for (std::size_t first = 0; first < shape.events; first += chunk_) add_columns(make(first));
    is_made_ = is_resident();
  }
  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] bool is_resident() const { return chunk_ >= shape_.events; }
  [[nodiscard]] std::size_t chunk() const { return chunk_; }
  [[nodiscard]] const ColumnSums& columns() const { return columns_; }

  /// Events from `first` on, as many as there is room for.
  [[nodiscard]] cuda::DeviceEvents tile(std::size_t first) {
    return is_made_ ? view(shape_.events) : make(first);
  }

  /// [events][markers] on the host, of resident events.
  [[nodiscard]] std::vector<float> by_event() const {
    const auto markers = static_cast<std::size_t>(shape_.markers);
    std::vector<float> column(shape_.events);
    std::vector<float> values(shape_.events * markers);
    for (std::size_t marker = 0; marker < markers; ++marker) {
      cuda::check(cudaMemcpy(column.data(), values_.get() + marker * chunk_,
                             column.size() * sizeof(float), cudaMemcpyDeviceToHost),
                  "events cannot be copied");
      for (std::size_t event = 0; event < column.size(); ++event)
        values[event * markers + marker] = column[event];
    }
    return values;
  }

 private:
  static constexpr std::size_t kStretch = std::size_t{1} << 27U;

  static std::size_t fitting(cuda::Device& device, const Shape& shape) {
    const std::size_t line = cuda::kLineFloats;
    const std::size_t all = (shape.events + line - 1) / line * line;
    const std::size_t bytes = all * static_cast<std::size_t>(shape.markers) * sizeof(float);
    return bytes + (std::size_t{1} << 30U) <= device.free_bytes() ? all : kStretch;
  }

  [[nodiscard]] cuda::DeviceEvents view(std::size_t count) const {
    return {values_.get(), chunk_, count, shape_.markers};
  }

  cuda::DeviceEvents make(std::size_t first) {
    const std::size_t count = std::min(chunk_, shape_.events - first);
    cuda::check(start_generating(values_.get(), chunk_, first, count, shape_.markers, processors_),
                "events cannot be generated");
    cuda::check(cudaDeviceSynchronize(), "events cannot be generated");
    return view(count);
  }

  void add_columns(const cuda::DeviceEvents& events) {
    const auto markers = static_cast<std::size_t>(shape_.markers);
    const cuda::DeviceBuffer<std::int64_t> sums(device_, markers);
    const cuda::DeviceBuffer<double> squares(device_, markers);
    cuda::check(start_column_sums(events.values, events.stride, events.count, events.markers,
                                  sums.get(), squares.get()),
                "columns cannot be summed");
    std::vector<std::int64_t> sum(markers);
    std::vector<double> square(markers);
    cuda::check(cudaMemcpy(sum.data(), sums.get(), markers * 8, cudaMemcpyDeviceToHost), "no sums");
    cuda::check(cudaMemcpy(square.data(), squares.get(), markers * 8, cudaMemcpyDeviceToHost),
                "no sums");
    for (std::size_t marker = 0; marker < markers; ++marker) {
      columns_.sums[marker] += sum[marker];
      columns_.squares += square[marker];
    }
  }

  cuda::Device& device_;
  Shape shape_;
  int processors_;
  std::size_t chunk_;
  cuda::DeviceBuffer<float> values_;
  ColumnSums columns_;
  bool is_made_ = false;
};

/// The shape with as many events as fit, in whole hundreds of millions where it can.
inline Shape largest(Shape shape, cuda::Device& device) {
  constexpr std::size_t kStep = 100'000'000;
  const std::size_t bytes = static_cast<std::size_t>(shape.markers) * sizeof(float);
  const std::size_t room = (device.free_bytes() - (std::size_t{2} << 30U)) / bytes;
  if (room < shape.events) shape.events = std::max(kStep, room / kStep * kStep);
  return shape;
}

inline Matrix<float> starting_codebook(const Shape& shape) {
  Matrix<float> codebook(shape.nodes, static_cast<std::size_t>(shape.markers));
  const Philox random(2, 0);
  std::uint64_t counter = 0;
  for (float& weight : codebook.values()) {
    weight = static_cast<float>(1.2 * random.uniform(counter++) - 0.6);
  }
  return codebook;
}

/// Values in [-0.6, 0.6), [markers][events].
inline std::vector<float> host_values(std::size_t events, int markers) {
  std::vector<float> values(events * static_cast<std::size_t>(markers));
  const Philox random(4, 0);
  std::uint64_t counter = 0;
  for (float& value : values) value = static_cast<float>(1.2 * random.uniform(counter++) - 0.6);
  return values;
}

inline void write_floats(const std::string& path, const std::vector<float>& values) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size() * sizeof(float)));
  if (!file.flush()) throw DeviceError(path + ": cannot be written");
}

}  // namespace gateless::bench
