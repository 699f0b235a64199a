#include <algorithm>
#include <chrono>
#include <string>

#include "sluice/sluice.hpp"

// A generator for tests and benchmarks: numbered records at a steady rate.
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

inline constexpr sluice::key<std::string> kTopic{.name = "topic",
                                                 .importance = sluice::importance::high,
                                                 .doc = "Where the records go",
                                                 .must_be = sluice::non_empty()};
inline constexpr sluice::key<std::int64_t> kRate{
    .name = "rate",
    .by_default = 1000,
    .doc = "Records per second and task; 0: as many as possible",
    .must_be = sluice::at_least(0)};
inline constexpr sluice::key<std::int32_t> kRecordBytes{
    .name = "record.bytes",
    .by_default = 100,
    .doc = "Length of a value: its number, a space, and filling",
    .must_be = sluice::at_least(20)};
inline constexpr sluice::key<std::int64_t> kRecords{
    .name = "records",
    .by_default = 0,
    .doc = "How many to make per task, then idle; 0: without end",
    .must_be = sluice::at_least(0)};
inline constexpr sluice::key<std::int32_t> kBatchSize{.name = "batch.size",
                                                      .by_default = 1000,
                                                      .doc = "Most records of one poll",
                                                      .must_be = sluice::at_least(1)};
inline constexpr sluice::key<std::int32_t> kGenerator{
    .name = "generator", .by_default = 0, .doc = "Number of the task; set by the connector"};

class PacingConnector {
public:
  explicit PacingConnector(const sluice::connector_context &) {}
  void start(const sluice::config &settings) { settings_ = settings; }

  std::vector<sluice::config> task_configs(std::int32_t max_tasks) const {
    std::vector<sluice::config> tasks(static_cast<std::size_t>(max_tasks), settings_);
    for (std::size_t i = 0; i < tasks.size(); ++i)
      tasks[i].set(kGenerator.name, std::to_string(i));
    return tasks;
  }

private:
  sluice::config settings_;
};

class PacingSource {
public:
  explicit PacingSource(sluice::source_context context) : context_(std::move(context)) {}

  void start(const sluice::config &settings) {
    topic_ = settings[kTopic];
    rate_ = settings[kRate];
    total_ = settings[kRecords];
    batch_size_ = settings[kBatchSize];
    filling_.assign(static_cast<std::size_t>(settings[kRecordBytes]), '.');
    schema_ = context_.primitive(SLUICE_STRING);
    partition_ = context_.partition(
        sluice::json_object().set("generator", std::int64_t{settings[kGenerator]}));
    if (const auto stored = context_.stored_offset(partition_))
      next_ = stored->integer("next").value_or(0);
    first_ = next_;
    started_ = Clock::now();
  }

  sluice::source_batch poll(std::chrono::milliseconds max_wait) {
    std::int64_t due = count_due();
    if (due == 0) {
      waiter_.wait(std::min(max_wait, time_to_next()));
      due = count_due();
    }
    if (due == 0)
      return {};
    auto batch = batches_.take();
    batch->clear();
    for (const std::int64_t end = next_ + due; next_ < end;)
      add_next(*batch);
    return batch;
  }

  void cancel() noexcept { waiter_.notify(); }
  void wake() noexcept { waiter_.notify(); }

private:
  // How many records the rate allows now, at most one batch.
  std::int64_t count_due() const {
    std::int64_t due = batch_size_;
    if (rate_ > 0) {
      const std::chrono::duration<double> since = Clock::now() - started_;
      due = first_ + static_cast<std::int64_t>(since.count() * static_cast<double>(rate_)) - next_;
    }
    if (total_ > 0)
      due = std::min(due, total_ - next_);
    return std::clamp<std::int64_t>(due, 0, batch_size_);
  }

  std::chrono::milliseconds time_to_next() const {
    const bool is_done = total_ > 0 && next_ >= total_;
    if (is_done || rate_ == 0)
      return is_done ? std::chrono::milliseconds::max() : 0ms;
    // At a high rate, a few records at a time: one wake-up per record would be all that is
    // measured.
    return std::max<std::chrono::milliseconds>(std::chrono::milliseconds(1000 / rate_), 5ms);
  }

  void add_next(sluice::records &batch) {
    std::string value = sluice::format("{} ", next_);
    value.append(filling_, value.size(), std::string::npos);
    ++next_;
    batch.add(topic_)
        .value(sluice::datum::text(batch.keep(value), schema_))
        .resume_at(partition_, batch.keep(sluice::format("{\"next\":{}}", next_)));
  }

  sluice::source_context context_;
  sluice::waiter waiter_;
  sluice::recycling_pool<sluice::records> batches_{4};
  std::string topic_;
  std::string filling_;
  const sluice_schema *schema_ = nullptr;
  sluice::source_partition partition_;
  std::int64_t rate_ = 0;
  std::int64_t total_ = 0;
  std::int64_t batch_size_ = 0;
  std::int64_t first_ = 0;
  std::int64_t next_ = 0;
  Clock::time_point started_;
};

} // namespace

SLUICE_PLUGIN(
    "pacing", "1.0",
    sluice::source_connector<PacingSource, PacingConnector>(
        {.class_name = "sluice.test.PacingSourceConnector",
         .version = "1.0",
         .summary = "Makes numbered records at a steady rate",
         .keys = &sluice::keys<kTopic, kRate, kRecordBytes, kRecords, kBatchSize, kGenerator>}));
