#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace host::metrics {

using Label = std::pair<std::string_view, std::string_view>;
using Labels = std::vector<Label>;

// Collects samples and gives them as Prometheus' text, format 0.0.4: the samples of one name stand
// together, names in order, whatever the order of the calls. A value, one thread.
class Exposition {
public:
  // Counters only grow while what they count lives; gauges go either way. `help` of the first
  // sample of a name counts.
  void counter(std::string_view name, std::string_view help, const Labels &labels, double value);
  void gauge(std::string_view name, std::string_view help, const Labels &labels, double value);

  std::string text() const;

private:
  struct Family {
    std::string help;
    std::string_view type;
    std::string samples;
  };
  void add(std::string_view name, std::string_view help, std::string_view type,
           const Labels &labels, double value);

  std::map<std::string, Family, std::less<>> families_;
};

} // namespace host::metrics
