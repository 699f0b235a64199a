#include "host/plugin/context.h"

#include <algorithm>
#include <deque>
#include <utility>

#include <fmt/format.h>

#include "host/plugin/call.h"

using host::plugin::Metric;

sluice_ctx::sluice_ctx(host::plugin::ContextKind kind_in, std::string class_name_in,
                       std::string log_context_in,
                       std::shared_ptr<host::plugin::ContextCalls> calls_in,
                       std::shared_ptr<host::data::SchemaPool> schemas_in)
    : kind(kind_in), class_name(std::move(class_name_in)), log_context(std::move(log_context_in)),
      logger(class_name), calls_(std::move(calls_in)), schemas_(std::move(schemas_in)) {}

std::shared_ptr<host::plugin::ContextCalls> sluice_ctx::calls() const {
  std::lock_guard lock(mutex_);
  return calls_;
}

std::shared_ptr<host::data::SchemaPool> sluice_ctx::schemas() const {
  std::lock_guard lock(mutex_);
  return schemas_;
}

void sluice_ctx::close() {
  closed.store(true, std::memory_order_release);
  std::shared_ptr<host::plugin::ContextCalls> last_calls;
  std::shared_ptr<host::data::SchemaPool> last_schemas;
  std::lock_guard lock(mutex_);
  last_calls.swap(calls_);
  last_schemas.swap(schemas_);
}

bool sluice_ctx::usable(std::string_view function) {
  if (!closed.load(std::memory_order_acquire)) [[likely]]
    return true;
  if (!told_off_.exchange(true))
    host::plugin::report_misbehaviour(
        class_name, fmt::format("{}used its context ({}) after destroy", log_context, function));
  return false;
}

sluice_status sluice_ctx::define_metric(const sluice_metric_def &def, std::uint32_t &id) {
  const std::size_t index = n_metrics_.load(std::memory_order_relaxed);
  if (index == kMaxMetrics)
    return SLUICE_E_FATAL;
  if (metrics_ == nullptr)
    metrics_ = std::make_unique<std::unique_ptr<Metric>[]>(kMaxMetrics);
  auto metric = std::make_unique<Metric>();
  metric->kind = def.kind;
  metric->name = host::plugin::view(def.name);
  metric->help = host::plugin::view(def.help);
  for (std::size_t i = 0; i < def.n_labels; ++i)
    metric->labels.emplace_back(host::plugin::view(def.labels[i].key),
                                host::plugin::view(def.labels[i].value));
  if (def.kind == SLUICE_METRIC_HISTOGRAM) {
    static constexpr double kDefault[] = {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60};
    const bool own = def.buckets != nullptr && def.n_buckets > 0;
    metric->bounds.assign(own ? def.buckets : kDefault,
                          own ? def.buckets + def.n_buckets : std::end(kDefault));
    metric->buckets = std::make_unique<std::atomic<std::uint64_t>[]>(metric->bounds.size() + 1);
  }
  metrics_[index] = std::move(metric);
  id = static_cast<std::uint32_t>(index);
  n_metrics_.store(index + 1, std::memory_order_release);
  return SLUICE_OK;
}

Metric *sluice_ctx::metric(std::uint32_t id) const {
  return id < n_metrics_.load(std::memory_order_acquire) ? metrics_[id].get() : nullptr;
}

namespace host::plugin {

sluice_ctx &make_context(ContextKind kind, std::string class_name, std::string log_context,
                         std::shared_ptr<ContextCalls> calls,
                         std::shared_ptr<data::SchemaPool> schemas) {
  struct Registry {
    std::mutex mutex;
    std::deque<std::unique_ptr<sluice_ctx>> contexts;
  };
  static auto *registry = new Registry; // leaked: plugin threads may outlive static destruction
  auto context = std::make_unique<sluice_ctx>(kind, std::move(class_name), std::move(log_context),
                                              std::move(calls), std::move(schemas));
  sluice_ctx &result = *context;
  std::lock_guard lock(registry->mutex);
  registry->contexts.push_back(std::move(context));
  return result;
}

} // namespace host::plugin
