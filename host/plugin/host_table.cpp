#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "host/data/schema_abi.h"
#include "host/plugin/batch.h"
#include "host/plugin/call.h"
#include "host/plugin/context.h"
#include "host/plugin/services.h"

// The base services of sluice/abi/host.h. Every function is entered from plugin code, so none may
// throw: what could (allocation) ends the process, which is the runner's and not the host's.
namespace host::plugin {
namespace {

constexpr std::size_t kMaxLogBytes = 64 * 1024;

log::Level level_of(std::int32_t level) {
  switch (std::clamp(level, std::int32_t{SLUICE_LOG_TRACE}, std::int32_t{SLUICE_LOG_ERROR})) {
  case SLUICE_LOG_TRACE:
    return log::Level::Trace;
  case SLUICE_LOG_DEBUG:
    return log::Level::Debug;
  case SLUICE_LOG_INFO:
    return log::Level::Info;
  case SLUICE_LOG_WARN:
    return log::Level::Warn;
  default:
    return log::Level::Error;
  }
}

std::int32_t log_enabled(sluice_ctx *ctx, std::int32_t level) noexcept {
  return ctx != nullptr && ctx->logger.enabled(level_of(level)) ? 1 : 0;
}

void log_write(sluice_ctx *ctx, const sluice_log_record *record) noexcept {
  if (ctx == nullptr || record == nullptr || !SLUICE_COVERS(sluice_log_record, record, message) ||
      !log_enabled(ctx, record->level))
    return;
  std::string text(view(record->message).substr(0, kMaxLogBytes));
  if (SLUICE_COVERS(sluice_log_record, record, n_fields) && record->fields != nullptr)
    for (std::size_t i = 0; i < record->n_fields && text.size() < kMaxLogBytes; ++i)
      text += fmt::format(" {}={}", view(record->fields[i].key), view(record->fields[i].value));
  const log::ScopedContext scope(ctx->log_context);
  ctx->logger.write(level_of(record->level), text);
}

void set_error(sluice_error *error, sluice_str message, const sluice_kv *details,
               std::size_t n) noexcept {
  if (error != nullptr)
    error->assign(message, details, n);
}

void batch_retain(sluice_batch *batch) noexcept {
  if (batch != nullptr)
    batch->retain();
}

void batch_release(sluice_batch *batch) noexcept {
  if (batch != nullptr && !batch->release())
    report_misbehaviour("a sink", "released a batch more often than it retained it");
}

bool valid_name(std::string_view name) {
  if (name.empty() || name.front() < 'a' || name.front() > 'z')
    return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

sluice_status metric_define(sluice_ctx *ctx, const sluice_metric_def *def,
                            std::uint32_t *id) noexcept {
  if (ctx == nullptr || def == nullptr || id == nullptr || !ctx->usable("metric_define"))
    return SLUICE_E_FATAL;
  sluice_metric_def copy{};
  std::copy_n(reinterpret_cast<const char *>(def), std::min(def->struct_size, sizeof copy),
              reinterpret_cast<char *>(&copy));
  if (!valid_name(view(copy.name)) || copy.kind < SLUICE_METRIC_COUNTER ||
      copy.kind > SLUICE_METRIC_HISTOGRAM) {
    report_misbehaviour(ctx->class_name,
                        fmt::format("defined a metric '{}' of kind {}; names are [a-z][a-z0-9_]*",
                                    view(copy.name), copy.kind));
    return SLUICE_E_FATAL;
  }
  return ctx->define_metric(copy, *id);
}

void metric_update(sluice_ctx *ctx, std::uint32_t id, double value) noexcept {
  Metric *metric = ctx == nullptr ? nullptr : ctx->metric(id);
  if (metric == nullptr)
    return;
  if (metric->kind == SLUICE_METRIC_GAUGE) {
    metric->value.store(value, std::memory_order_relaxed);
    return;
  }
  metric->value.fetch_add(value, std::memory_order_relaxed);
  if (metric->kind == SLUICE_METRIC_HISTOGRAM) {
    const auto at = std::lower_bound(metric->bounds.begin(), metric->bounds.end(), value);
    metric->buckets[static_cast<std::size_t>(at - metric->bounds.begin())].fetch_add(
        1, std::memory_order_relaxed);
  }
}

std::int32_t is_cancelled(sluice_ctx *ctx) noexcept {
  return ctx == nullptr || ctx->cancelled.load(std::memory_order_acquire) ||
                 ctx->closed.load(std::memory_order_acquire)
             ? 1
             : 0;
}

sluice_status request_reconfigure(sluice_ctx *ctx) noexcept {
  if (ctx == nullptr || !ctx->usable("request_reconfigure"))
    return SLUICE_E_FATAL;
  if (ctx->kind != ContextKind::Connector)
    return SLUICE_E_UNSUPPORTED;
  const auto calls = ctx->calls();
  if (calls == nullptr)
    return SLUICE_E_FATAL;
  const Status done = static_cast<ConnectorCalls &>(*calls).request_reconfigure();
  return done ? SLUICE_OK : give(nullptr, done.error());
}

void fail_async(sluice_ctx *ctx, sluice_status status, sluice_str message) noexcept {
  if (ctx == nullptr || !ctx->usable("fail"))
    return;
  sluice_error error;
  error.assign(message, nullptr, 0);
  const Status outcome = outcome_of(ctx->class_name, "fail", status, error);
  if (const auto calls = ctx->calls())
    calls->failed(outcome.error());
}

const void *get_extension(sluice_ctx *ctx, sluice_str id) noexcept {
  if (ctx == nullptr)
    return nullptr;
  const std::string_view name = view(id);
  if (name == SLUICE_SCHEMA_API)
    return &data::schema_api();
  if (name == SLUICE_SCHEMA_BUILDER_API)
    return &schema_builder_table();
  if (name == SLUICE_SOURCE_CONTEXT && ctx->kind == ContextKind::Source)
    return &source_context_table();
  if (name == SLUICE_SINK_CONTEXT && ctx->kind == ContextKind::Sink)
    return &sink_context_table();
  return nullptr;
}

} // namespace

const sluice_host &host_table() {
  static constexpr sluice_host kTable = {sizeof(sluice_host), log_enabled,   log_write,
                                         set_error,           batch_retain,  batch_release,
                                         metric_define,       metric_update, is_cancelled,
                                         request_reconfigure, fail_async,    get_extension};
  return kTable;
}

} // namespace host::plugin
