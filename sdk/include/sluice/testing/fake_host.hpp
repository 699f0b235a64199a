// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sluice/abi/plugin.h"
#include "sluice/testing/schemas.hpp"
#include "sluice/text.hpp"

namespace sluice::testing {

// What went wrong in a call of the plugin, or a rule of the ABI that it broke.
class call_failed : public std::runtime_error {
public:
  call_failed(std::string_view call, sluice_status status, const std::string &message)
      : std::runtime_error(format("{} ended with status {}: {}", call, status, message)),
        status(status), message(message) {}

  sluice_status status;
  std::string message;
};

struct log_line {
  std::int32_t level = 0;
  std::string message;
};

// The host's side of the ABI, in memory. One object under test per fake host. Thread-safe where the
// ABI lets a plugin call from any thread.
class fake_host {
  template <class Body> auto locked(Body &&body) const {
    const std::scoped_lock lock(mutex_);
    return body();
  }

public:
  fake_host() = default;
  fake_host(const fake_host &) = delete;
  fake_host &operator=(const fake_host &) = delete;

  // Set before start.
  std::map<std::string, std::string> stored_offsets; // partition JSON → offset JSON
  std::int64_t max_record_bytes = 1048576;
  std::int32_t log_level = SLUICE_LOG_DEBUG;

  // What the plugin did.
  std::vector<log_line> logs() const {
    return locked([&] { return logs_; });
  }
  bool logged(std::string_view part) const {
    for (const log_line &line : logs())
      if (line.message.find(part) != std::string::npos)
        return true;
    return false;
  }
  std::optional<std::string> failure() const {
    return locked([&] { return failure_; });
  }
  double metric(const std::string &name) const {
    return locked([&] {
      const auto found = metrics_.find(name);
      return found == metrics_.end() ? 0 : found->second;
    });
  }
  std::vector<std::pair<std::size_t, std::string>> reported() const {
    return locked([&] { return reported_; });
  }
  bool commit_requested() const { return commit_requested_; }
  bool reconfigure_requested() const { return reconfigure_requested_; }
  std::optional<std::int64_t> retry_after_ms() const {
    return locked([&] { return retry_; });
  }
  std::vector<std::string> seeks() const {
    return locked([&] { return seeks_; });
  }
  // Retains of sink batches that were not released.
  std::int64_t batches_held() const { return batches_held_; }

  schema_store &schemas() { return schemas_; }

  // For the runs.
  static const sluice_host *table();
  sluice_ctx *ctx() { return static_cast<sluice_ctx *>(static_cast<void *>(this)); }
  sluice_batch *batch() { return static_cast<sluice_batch *>(static_cast<void *>(this)); }
  void set_cancelled() { cancelled_ = true; }
  std::string partition_of(std::uint32_t id) const {
    return id == 0 ? std::string() : partitions_.at(id - 1);
  }

private:
  struct services; // the functions of the tables
  friend struct services;

  static fake_host &of(sluice_ctx *ctx) {
    return *static_cast<fake_host *>(static_cast<void *>(ctx));
  }
  static fake_host &of(sluice_batch *batch) {
    return *static_cast<fake_host *>(static_cast<void *>(batch));
  }

  mutable std::mutex mutex_;
  std::vector<log_line> logs_;
  std::optional<std::string> failure_;
  std::vector<std::string> metric_names_;
  std::vector<std::int32_t> metric_kinds_;
  std::map<std::string, double> metrics_;
  std::vector<std::pair<std::size_t, std::string>> reported_;
  std::optional<std::int64_t> retry_;
  std::vector<std::string> seeks_;
  std::vector<std::string> partitions_;
  std::atomic<bool> commit_requested_ = false;
  std::atomic<bool> reconfigure_requested_ = false;
  std::atomic<bool> cancelled_ = false;
  std::atomic<std::int64_t> batches_held_ = 0;
  schema_store schemas_;
};

// A message that a call left behind.
struct error_text {
  std::string message;
  std::vector<std::pair<std::string, std::string>> details;

  sluice_error *abi() { return static_cast<sluice_error *>(static_cast<void *>(this)); }
};

struct fake_host::services {
  static std::int32_t log_enabled(sluice_ctx *ctx, std::int32_t level) {
    return level >= of(ctx).log_level ? 1 : 0;
  }
  static void log(sluice_ctx *ctx, const sluice_log_record *record) {
    of(ctx).locked([&] {
      of(ctx).logs_.push_back({record->level, std::string(view(record->message))});
    });
  }
  static void set_error(sluice_error *error, sluice_str message, const sluice_kv *details,
                        std::size_t n) {
    if (error == nullptr)
      return;
    auto &text = *static_cast<error_text *>(static_cast<void *>(error));
    text.message = view(message);
    text.details.clear();
    for (std::size_t i = 0; i < n; ++i)
      text.details.emplace_back(view(details[i].key), view(details[i].value));
  }
  static void batch_retain(sluice_batch *batch) { ++of(batch).batches_held_; }
  static void batch_release(sluice_batch *batch) { --of(batch).batches_held_; }
  static sluice_status metric_define(sluice_ctx *ctx, const sluice_metric_def *def,
                                     std::uint32_t *id) {
    return of(ctx).locked([&] {
      *id = static_cast<std::uint32_t>(of(ctx).metric_names_.size());
      of(ctx).metric_names_.emplace_back(view(def->name));
      of(ctx).metric_kinds_.push_back(def->kind);
      return SLUICE_OK;
    });
  }
  static void metric_update(sluice_ctx *ctx, std::uint32_t id, double value) {
    of(ctx).locked([&] {
      double &metric = of(ctx).metrics_[of(ctx).metric_names_.at(id)];
      const bool adds = of(ctx).metric_kinds_.at(id) == SLUICE_METRIC_COUNTER;
      metric = adds ? metric + value : value;
    });
  }
  static std::int32_t is_cancelled(sluice_ctx *ctx) { return of(ctx).cancelled_ ? 1 : 0; }
  static sluice_status request_reconfigure(sluice_ctx *ctx) {
    of(ctx).reconfigure_requested_ = true;
    return SLUICE_OK;
  }
  static void fail(sluice_ctx *ctx, sluice_status, sluice_str message) {
    of(ctx).locked([&] { of(ctx).failure_ = view(message); });
  }

  static sluice_status intern_partition(sluice_ctx *ctx, sluice_str json, std::uint32_t *id,
                                        sluice_error *) {
    auto &known = of(ctx).partitions_;
    for (std::size_t i = 0; i < known.size(); ++i)
      if (known[i] == view(json)) {
        *id = static_cast<std::uint32_t>(i + 1);
        return SLUICE_OK;
      }
    known.emplace_back(view(json));
    *id = static_cast<std::uint32_t>(known.size());
    return SLUICE_OK;
  }
  static sluice_status read_offsets(sluice_ctx *ctx, const std::uint32_t *ids, std::size_t n,
                                    sluice_offset_found found, void *found_ctx, sluice_error *) {
    for (std::size_t i = 0; i < n; ++i) {
      const auto stored = of(ctx).stored_offsets.find(of(ctx).partitions_.at(ids[i] - 1));
      const bool known = stored != of(ctx).stored_offsets.end();
      found(found_ctx, i, known ? to_abi(stored->second) : sluice_str{});
    }
    return SLUICE_OK;
  }
  static std::int64_t max_record_bytes(sluice_ctx *ctx) { return of(ctx).max_record_bytes; }

  static sluice_status pause_or_resume(sluice_ctx *, const sluice_tp *, std::size_t,
                                       sluice_error *) {
    return SLUICE_OK;
  }
  static sluice_status seek(sluice_ctx *ctx, const sluice_tp *to, std::size_t n, sluice_error *) {
    for (std::size_t i = 0; i < n; ++i)
      of(ctx).locked([&] {
        of(ctx).seeks_.push_back(
            format("{}-{}@{}", view(to[i].topic), to[i].partition, to[i].offset));
      });
    return SLUICE_OK;
  }
  static void request_commit(sluice_ctx *ctx) { of(ctx).commit_requested_ = true; }
  static void retry_after(sluice_ctx *ctx, std::int64_t ms) {
    of(ctx).locked([&] { of(ctx).retry_ = ms; });
  }
  static sluice_status report_record_error(sluice_ctx *ctx, const sluice_sink_batch *,
                                           std::size_t index, sluice_str message) {
    of(ctx).locked([&] { of(ctx).reported_.emplace_back(index, view(message)); });
    return SLUICE_OK;
  }

  static const sluice_schema *primitive(sluice_ctx *ctx, std::int32_t type, std::int32_t optional) {
    return of(ctx).schemas_.primitive(type, optional != 0);
  }
  static sluice_status build(sluice_ctx *ctx, const sluice_schema_def *def,
                             const sluice_schema **out, sluice_error *) {
    *out = of(ctx).schemas_.build(*def);
    return SLUICE_OK;
  }

  static const void *get_extension(sluice_ctx *, sluice_str id) {
    static constexpr sluice_source_context kSource{.struct_size = sizeof(sluice_source_context),
                                                   .intern_partition = intern_partition,
                                                   .read_offsets = read_offsets,
                                                   .max_record_bytes = max_record_bytes};
    static constexpr sluice_sink_context kSink{.struct_size = sizeof(sluice_sink_context),
                                               .pause = pause_or_resume,
                                               .resume = pause_or_resume,
                                               .seek = seek,
                                               .request_commit = request_commit,
                                               .retry_after = retry_after,
                                               .report_record_error = report_record_error};
    static constexpr sluice_schema_builder_api kBuilder{
        .struct_size = sizeof(sluice_schema_builder_api), .primitive = primitive, .build = build};
    if (view(id) == SLUICE_SOURCE_CONTEXT)
      return &kSource;
    if (view(id) == SLUICE_SINK_CONTEXT)
      return &kSink;
    if (view(id) == SLUICE_SCHEMA_API)
      return schema_store::api();
    if (view(id) == SLUICE_SCHEMA_BUILDER_API)
      return &kBuilder;
    return nullptr;
  }
};

inline const sluice_host *fake_host::table() {
  static constexpr sluice_host kTable{.struct_size = sizeof(sluice_host),
                                      .log_enabled = services::log_enabled,
                                      .log = services::log,
                                      .set_error = services::set_error,
                                      .batch_retain = services::batch_retain,
                                      .batch_release = services::batch_release,
                                      .metric_define = services::metric_define,
                                      .metric_update = services::metric_update,
                                      .is_cancelled = services::is_cancelled,
                                      .request_reconfigure = services::request_reconfigure,
                                      .fail = services::fail,
                                      .get_extension = services::get_extension};
  return &kTable;
}

} // namespace sluice::testing
