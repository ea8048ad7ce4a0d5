// Chooses the transform of each marker and estimates its parameters from the pooled linear events.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "host/core/event_store.hpp"
#include "host/core/panel.hpp"
#include "host/core/study.hpp"
#include "host/core/transform.hpp"

namespace gateless::preprocess {

struct TransformEstimate {
  std::vector<Transform> transforms;  ///< [markers]
  std::vector<std::string> warnings;
};

/// `pool` holds linear (or display-scale) events, sealed; at most 20,000 events of each sample, and some 200,000 in
/// all, are looked at, at a fixed stride. `ranges` are the detectors' ranges [markers] (0: unknown, the data's maximum
/// is used). kAuto: mass -> arcsinh with cofactor 5; flow -> logicle with m = 4.5, a = 0, t from the range and w from the
/// negative events (Parks, Roederer & Moore, Cytometry A 69A:541, 2006), where a marker has none from the panel's other
/// markers, and where no marker has any, arcsinh; values that are transformed already -> none.
/// The row called `side_scatter` is always linear and gets an arcsinh far below its median: nearly a logarithm.
[[nodiscard]] TransformEstimate estimate_transforms(const EventStore& pool, Instrument instrument,
                                                    std::span<const double> ranges,
                                                    const TransformChoice& choice = {},
                                                    const std::string& side_scatter = {});

}  // namespace gateless::preprocess
