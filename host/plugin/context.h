#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sluice/abi/host.h>
#include <sluice/abi/sink.h>
#include <sluice/abi/source.h>

#include "host/base/error.h"
#include "host/base/log.h"
#include "host/data/schema_pool.h"

namespace host::plugin {

// What an instance may ask of whoever runs it. Held by the context until close, so an object of its
// own: a plugin's thread may be in the middle of a call when the instance ends. Functions marked
// [any] come from any thread and must not block; the others come on the task's thread, inside a
// call to the plugin.
class ContextCalls {
public:
  virtual ~ContextCalls() = default;
  virtual void failed(Error error) = 0; // [any]
};

class ConnectorCalls : public ContextCalls {
public:
  virtual Status request_reconfigure() = 0; // [any]
};

class SourceCalls : public ContextCalls {
public:
  virtual Result<std::uint32_t> intern_partition(std::string_view json) = 0;
  // One text per id, none where nothing is stored.
  virtual Result<std::vector<std::optional<std::string>>>
  read_offsets(std::span<const std::uint32_t> ids) = 0;
  virtual std::int64_t max_record_bytes() = 0; // [any]
};

class SinkCalls : public ContextCalls {
public:
  virtual Status pause(std::span<const sluice_tp> partitions) = 0;
  virtual Status resume(std::span<const sluice_tp> partitions) = 0;
  virtual Status seek(std::span<const sluice_tp> positions) = 0;
  virtual void request_commit() = 0; // [any]
  virtual void retry_after(std::int64_t ms) = 0;
  virtual Status report_record_error(const sluice_sink_batch &batch, std::size_t index,
                                     std::string_view message) = 0; // [any]
};

enum class ContextKind : std::uint8_t { Connector = 1, Source, Sink };

// One metric that a plugin defined.
struct Metric {
  std::int32_t kind = 0;
  std::string name;
  std::string help;
  std::vector<std::pair<std::string, std::string>> labels;
  std::vector<double> bounds; // of a histogram
  std::atomic<double> value{0};
  std::unique_ptr<std::atomic<std::uint64_t>[]> buckets; // one more than bounds
};

} // namespace host::plugin

// Identity and services of one connector object or task, as the plugin sees it. Made before
// `create`, closed after `destroy`, and never freed: some hundred bytes per start buy that a plugin
// thread that outlives its task is told off instead of crashing the runner. [any] thread.
struct sluice_ctx {
  sluice_ctx(host::plugin::ContextKind kind, std::string class_name, std::string log_context,
             std::shared_ptr<host::plugin::ContextCalls> calls,
             std::shared_ptr<host::data::SchemaPool> schemas);

  const host::plugin::ContextKind kind;
  const std::string class_name;
  const std::string log_context; // Connect's MDC text
  const host::log::Logger logger;
  std::atomic<bool> cancelled{false};
  std::atomic<bool> closed{false};
  // The thread of [task] calls; set before create.
  std::atomic<std::thread::id> owner_thread{};

  // Null once closed.
  std::shared_ptr<host::plugin::ContextCalls> calls() const;
  std::shared_ptr<host::data::SchemaPool> schemas() const;
  void close();
  // False, and a warning once, when the instance is gone.
  bool usable(std::string_view function);

  // Metrics are defined by one thread at a time and updated by any.
  static constexpr std::size_t kMaxMetrics = 128;
  sluice_status define_metric(const sluice_metric_def &def, std::uint32_t &id);
  host::plugin::Metric *metric(std::uint32_t id) const;
  std::size_t metric_count() const { return n_metrics_.load(std::memory_order_acquire); }

private:
  mutable std::mutex mutex_;
  std::shared_ptr<host::plugin::ContextCalls> calls_; // guarded by mutex_
  std::shared_ptr<host::data::SchemaPool> schemas_;   // guarded by mutex_
  std::atomic<bool> told_off_{false};
  std::atomic<std::size_t> n_metrics_{0};
  std::unique_ptr<std::unique_ptr<host::plugin::Metric>[]> metrics_; // kMaxMetrics, at first use
};

namespace host::plugin {

// A context that the registry keeps for ever.
sluice_ctx &make_context(ContextKind kind, std::string class_name, std::string log_context,
                         std::shared_ptr<ContextCalls> calls,
                         std::shared_ptr<data::SchemaPool> schemas);

// The service table of this host; the same for all plugins, valid until the process ends.
const sluice_host &host_table();

} // namespace host::plugin
