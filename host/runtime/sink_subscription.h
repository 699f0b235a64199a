#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/clock.h"
#include "host/kafka/consumer.h"
#include "host/regex/regex.h"
#include "host/runtime/task.h"

namespace host::runtime {

// What a sink task reads: the names of `topics`, or what `topics.regex` matches as a whole among
// the cluster's topics, looked at again every metadata.max.age.ms. Belongs to the task's thread.
class SinkSubscription {
public:
  static Result<SinkSubscription> from(const TaskSpec &spec);

  // Subscribes where that is due. A cluster that cannot be asked is no failure: it is asked again.
  Status turn(kafka::Consumer &consumer, TimePoint now);
  // Whether it is, or soon will be, subscribed to the topic.
  bool covers(std::string_view topic) const;
  // When turn() has something to do; never for plain names.
  TimePoint next_turn() const { return due_; }

private:
  std::vector<std::string> wanted_;
  std::optional<regex::Regex> regex_;
  Duration refresh_{300'000};
  TimePoint due_ = TimePoint::min();
  bool subscribed_ = false;
};

} // namespace host::runtime
