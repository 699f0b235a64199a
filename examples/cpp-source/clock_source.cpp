#include <algorithm>
#include <chrono>
#include <string>

#include "sluice/sluice.hpp"

// A source with nothing behind it: one record per interval, numbered across restarts.
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

inline constexpr sluice::key<std::string> kTopic{.name = "topic",
                                                 .importance = sluice::importance::high,
                                                 .doc = "The topic that ticks are written to",
                                                 .must_be = sluice::non_empty()};
inline constexpr sluice::key<std::int64_t> kInterval{.name = "interval.ms",
                                                     .by_default = 1000,
                                                     .doc = "Time between two ticks",
                                                     .must_be = sluice::at_least(1)};

class ClockSource {
public:
  explicit ClockSource(const sluice::source_context &context) : context_(context) {}

  void start(const sluice::config &settings) {
    topic_ = settings[kTopic];
    interval_ = milliseconds(settings[kInterval]);
    text_ = context_.primitive(SLUICE_STRING);
    // Where the data comes from, and how far the last run came.
    clock_ = context_.partition(sluice::json_object().set("clock", "steady"));
    if (const auto stored = context_.stored_offset(clock_))
      count_ = stored->integer("count").value_or(0);
    next_ = Clock::now();
  }

  // Gives what there is, or waits for it, but no longer than max_wait.
  sluice::source_batch poll(milliseconds max_wait) {
    if (Clock::now() < next_) {
      const auto to_next = std::chrono::ceil<milliseconds>(next_ - Clock::now());
      waiter_.wait(std::min(max_wait, to_next));
      if (Clock::now() < next_)
        return {}; // woken early, or not yet
    }
    next_ += interval_;
    ++count_;
    auto batch = batches_.take();
    batch->clear();
    batch->add(topic_)
        .value(sluice::datum::text(batch->keep(sluice::format("tick {}", count_)), text_))
        .resume_at(clock_, batch->keep(sluice::json_object().set("count", count_).to_text()));
    return batch;
  }

  // Any thread: poll must not go on waiting.
  void cancel() noexcept { waiter_.notify(); }
  void wake() noexcept { waiter_.notify(); }

private:
  sluice::source_context context_;
  sluice::waiter waiter_;
  sluice::recycling_pool<sluice::records> batches_{2};
  std::string topic_;
  milliseconds interval_{0};
  const sluice_schema *text_ = nullptr;
  sluice::source_partition clock_;
  std::int64_t count_ = 0;
  Clock::time_point next_;
};

} // namespace

SLUICE_PLUGIN("example-source", "1.0",
              sluice::source_connector<ClockSource>({.class_name = "example.ClockSourceConnector",
                                                     .version = "1.0",
                                                     .summary = "Makes one record per interval",
                                                     .keys = &sluice::keys<kTopic, kInterval>}));
