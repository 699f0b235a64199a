// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "sluice/abi/sink.h"
#include "sluice/config.hpp"
#include "sluice/context.hpp"
#include "sluice/detail/members.hpp"
#include "sluice/value.hpp"

// Sink tasks. A class is one when it can be made from a sink_context and has
//   void start(const sluice::config &)
//   void put(const sluice::sink_batch &)
// and, where it needs them,
//   void open(std::span<const sluice_tp>)             partitions assigned
//   void flush()                                      store all that was put
//   void pre_commit(std::span<sluice_tp>)             instead of flush: lower unsafe offsets
//   void close(std::span<const sluice_tp>, bool lost) partitions gone
//   void stop()
//   void cancel() noexcept                            any thread; the stop_token does it too
// All but cancel run on the task's thread, one at a time. A failure is thrown (errors.hpp).
namespace sluice::inline v0 {

using time_point = std::chrono::sys_time<std::chrono::milliseconds>;

// One record of a batch; borrows from it.
class sink_record {
public:
  sink_record(const sluice_sink_record &abi, const sluice_sink_batch &batch,
              const sluice_schema_api *schemas)
      : abi_(&abi), batch_(&batch), schemas_(schemas) {}

  std::string_view topic() const { return view(batch_->topics[abi_->topic]); }
  std::int32_t partition() const { return abi_->partition; }
  std::int64_t offset() const { return abi_->offset; }
  std::optional<time_point> timestamp() const {
    if (abi_->timestamp_ms < 0)
      return std::nullopt;
    return time_point(std::chrono::milliseconds(abi_->timestamp_ms));
  }
  v0::value key() const { return {abi_->key, schemas_}; }
  v0::value value() const { return {abi_->value, schemas_}; }
  std::span<const sluice_header> headers() const { return {abi_->headers, abi_->n_headers}; }
  const sluice_sink_record &abi() const { return *abi_; }

private:
  const sluice_sink_record *abi_;
  const sluice_sink_batch *batch_;
  const sluice_schema_api *schemas_;
};

class retained_batch;

// A range of records, borrowed for the length of put(); retain() keeps it longer.
class sink_batch {
public:
  sink_batch(const sluice_sink_batch &abi, const sluice_host *host,
             const sluice_schema_api *schemas)
      : abi_(&abi), host_(host), schemas_(schemas) {}

  std::size_t size() const noexcept { return abi_->n_records; }
  bool empty() const noexcept { return size() == 0; }
  sink_record operator[](std::size_t i) const {
    return {*SLUICE_AT(sluice_sink_record, abi_->records, abi_->record_stride, i), *abi_, schemas_};
  }

  class iterator {
  public:
    using value_type = sink_record;
    using difference_type = std::ptrdiff_t;

    iterator() = default;
    iterator(const sink_batch *batch, std::size_t i) : batch_(batch), i_(i) {}
    sink_record operator*() const { return (*batch_)[i_]; }
    iterator &operator++() {
      ++i_;
      return *this;
    }
    iterator operator++(int) {
      iterator old = *this;
      ++*this;
      return old;
    }
    friend bool operator==(const iterator &, const iterator &) = default;

  private:
    const sink_batch *batch_ = nullptr;
    std::size_t i_ = 0;
  };
  iterator begin() const { return {this, 0}; }
  iterator end() const { return {this, size()}; }

  // Keeps the records beyond put(). They hold up whole fetch buffers: to keep a few small records,
  // copy them instead. Release before close() of their partitions returns.
  [[nodiscard]] retained_batch retain() const;

  const sluice_sink_batch &abi() const noexcept { return *abi_; }

private:
  friend class retained_batch;

  const sluice_sink_batch *abi_;
  const sluice_host *host_;
  const sluice_schema_api *schemas_;
};

// Owner of one reference to a batch; released on destruction, on any thread.
class retained_batch {
public:
  retained_batch(retained_batch &&other) noexcept
      : batch_(other.batch_), owns_(std::exchange(other.owns_, false)) {}
  retained_batch &operator=(retained_batch &&other) noexcept {
    std::swap(batch_, other.batch_);
    std::swap(owns_, other.owns_);
    return *this;
  }
  ~retained_batch() {
    if (owns_)
      batch_.host_->batch_release(batch_.abi_->handle);
  }

  const sink_batch &operator*() const &noexcept { return batch_; }
  const sink_batch *operator->() const &noexcept { return &batch_; }
  const sink_batch &operator*() const && = delete; // would dangle
  const sink_batch *operator->() const && = delete;

private:
  friend class sink_batch;
  explicit retained_batch(const sink_batch &batch) : batch_(batch) {
    batch_.host_->batch_retain(batch_.abi_->handle);
  }

  sink_batch batch_;
  bool owns_ = true;
};

inline retained_batch sink_batch::retain() const { return retained_batch(*this); }

// What a sink task may ask of its host.
class sink_context : public context {
public:
  sink_context(const sluice_host *host, sluice_ctx *ctx, const detail::call_state &state)
      : context(host, ctx, state), table_(need<sluice_sink_context>(SLUICE_SINK_CONTEXT)),
        schemas_(need<sluice_schema_api>(SLUICE_SCHEMA_API)) {}

  void pause(std::span<const sluice_tp> partitions) const {
    check(table_->pause(abi(), partitions.data(), partitions.size(), error()));
  }
  void resume(std::span<const sluice_tp> partitions) const {
    check(table_->resume(abi(), partitions.data(), partitions.size(), error()));
  }
  void seek(std::span<const sluice_tp> partitions) const {
    check(table_->seek(abi(), partitions.data(), partitions.size(), error()));
  }
  void request_commit() const noexcept { table_->request_commit(abi()); }
  // The next put comes no later than this; after a retriable_error, the same batch does.
  void retry_after(std::chrono::milliseconds wait) const noexcept {
    table_->retry_after(abi(), wait.count());
  }
  // This record cannot be stored: errors.tolerance and the dead letter queue decide.
  void report(const sink_batch &batch, std::size_t index, std::string_view message) const {
    check(table_->report_record_error(abi(), &batch.abi(), index, to_abi(message)));
  }

  const sluice_schema_api *schemas() const noexcept { return schemas_; }

private:
  const sluice_sink_context *table_;
  const sluice_schema_api *schemas_;
};

template <class T>
concept sink_task = std::constructible_from<T, sink_context> &&
    requires(T &task, const config &settings, const sink_batch &batch) {
  task.start(settings);
  task.put(batch);
};

namespace detail {

// The ABI's table for a sink task class.
template <sink_task Task> class sink_border {
  struct instance {
    instance(const sluice_host *host, sluice_ctx *ctx) : context(host, ctx, state), task(context) {}

    call_state state;
    sink_context context;
    Task task;
  };

  template <class Body>
  static sluice_status enter(void *self, sluice_error *error, Body &&body) noexcept {
    auto &object = *static_cast<instance *>(self);
    object.state.error = error;
    return guard(object.context.host(), error, [&] { body(object); });
  }

  static sluice_status create(const sluice_host *host, sluice_ctx *ctx, void **task,
                              sluice_error *error) noexcept {
    *task = nullptr;
    return guard(host, error, [&] { *task = new instance(host, ctx); });
  }
  static void destroy(void *self) noexcept { delete static_cast<instance *>(self); }
  static sluice_status start(void *self, const sluice_kv *entries, std::size_t n,
                             sluice_error *error) noexcept {
    return enter(self, error, [&](instance &object) { object.task.start(config(entries, n)); });
  }
  static sluice_status open(void *self, const sluice_tp *partitions, std::size_t n,
                            sluice_error *error) noexcept {
    return enter(self, error, [&](instance &object) {
      if constexpr (requires { object.task.open(std::span(partitions, n)); })
        object.task.open(std::span(partitions, n));
    });
  }
  static sluice_status put(void *self, const sluice_sink_batch *batch,
                           sluice_error *error) noexcept {
    return enter(self, error, [&](instance &object) {
      const sink_context &context = object.context;
      object.task.put(sink_batch(*batch, context.host(), context.schemas()));
    });
  }
  static sluice_status pre_commit(void *self, sluice_tp *offsets, std::size_t n,
                                  sluice_error *error) noexcept {
    return enter(self, error, [&](instance &object) {
      if constexpr (requires { object.task.pre_commit(std::span(offsets, n)); })
        object.task.pre_commit(std::span(offsets, n));
      else if constexpr (requires { object.task.flush(); })
        object.task.flush();
    });
  }
  static sluice_status close(void *self, const sluice_tp *partitions, std::size_t n,
                             std::int32_t lost, sluice_error *error) noexcept {
    return enter(self, error, [&](instance &object) {
      if constexpr (requires { object.task.close(std::span(partitions, n), lost != 0); })
        object.task.close(std::span(partitions, n), lost != 0);
    });
  }
  static sluice_status stop(void *self, sluice_error *error) noexcept {
    return enter(self, error, [&](instance &object) {
      if constexpr (requires { object.task.stop(); })
        object.task.stop();
    });
  }
  static void cancel(void *self) noexcept {
    auto &object = *static_cast<instance *>(self);
    object.state.stop.request_stop();
    if constexpr (requires { object.task.cancel(); })
      object.task.cancel();
  }

  // A member of the right name and the wrong parameters would be left out in silence.
  static_assert(
      !has_open<Task> || requires(Task & t, std::span<const sluice_tp> p) { t.open(p); },
      "open takes std::span<const sluice_tp>");
  static_assert(
      !has_flush<Task> || requires(Task & t) { t.flush(); }, "flush takes nothing");
  static_assert(
      !has_pre_commit<Task> || requires(Task & t, std::span<sluice_tp> p) { t.pre_commit(p); },
      "pre_commit takes std::span<sluice_tp>");
  static_assert(
      !has_close<Task> || requires(Task & t, std::span<const sluice_tp> p) { t.close(p, true); },
      "close takes std::span<const sluice_tp> and bool");
  static_assert(cancels_well<Task>, "cancel takes nothing and is noexcept");

public:
  static constexpr sluice_sink_task_vtbl kTable{.struct_size = sizeof(sluice_sink_task_vtbl),
                                                .create = create,
                                                .destroy = destroy,
                                                .start = start,
                                                .open = open,
                                                .put = put,
                                                .pre_commit = pre_commit,
                                                .close = close,
                                                .stop = stop,
                                                .cancel = cancel};
};

} // namespace detail
} // namespace sluice::inline v0
