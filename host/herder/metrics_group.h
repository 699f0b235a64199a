#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "host/metrics/exposition.h"
#include "host/metrics/measure.h"

namespace host::herder {

// One of Connect's groups of figures, with its labels; both outlive it.
class Group {
public:
  Group(metrics::Exposition &out, std::string_view group, const metrics::Labels &labels)
      : out_(out), prefix_("kafka_connect_" + std::string(group) + "_"), labels_(labels) {}

  Group &total(std::string_view name, std::string_view help, std::uint64_t value) {
    out_.counter(prefix_ + std::string(name), help, labels_, static_cast<double>(value));
    return *this;
  }
  Group &value(std::string_view name, std::string_view help, double value) {
    out_.gauge(prefix_ + std::string(name), help, labels_, value);
    return *this;
  }

private:
  metrics::Exposition &out_;
  const std::string prefix_;
  const metrics::Labels &labels_;
};

inline constexpr double kMicrosInMilli = 1000;

// NaN if there was nothing, as Kafka shows an empty maximum.
inline double largest(const metrics::MeasureReading &reading, double unit) {
  return reading.largest ? static_cast<double>(*reading.largest) / unit
                         : std::numeric_limits<double>::quiet_NaN();
}

} // namespace host::herder
