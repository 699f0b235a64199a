// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sluice/abi/source.h"
#include "sluice/config.hpp"
#include "sluice/context.hpp"
#include "sluice/detail/members.hpp"
#include "sluice/json_object.hpp"
#include "sluice/records.hpp"

// Source tasks. A class is one when it can be made from a source_context and has
//   void start(const sluice::config &)
//   sluice::source_batch poll(std::chrono::milliseconds max_wait)
// and, where it needs them,
//   void on_delivered(const sluice_source_batch &, sluice::deliveries)
//   void commit()                source offsets were stored
//   void stop()
//   void cancel() noexcept       any thread: make poll return; the stop_token does it too
//   void wake() noexcept         any thread: make the present or next poll return early
// All but the last two run on the task's thread, one at a time. A failure is thrown (errors.hpp); a
// poll that waits throws sluice::cancelled or returns nothing when it is cancelled. Without wake()
// the host asks for short waits only.
namespace sluice::inline v0 {

// Outcomes of a batch, one per record.
class deliveries {
public:
  deliveries(const void *first, std::size_t n, std::size_t stride)
      : first_(first), n_(n), stride_(stride) {}

  std::size_t size() const noexcept { return n_; }
  const sluice_delivery &operator[](std::size_t i) const {
    return *SLUICE_AT(sluice_delivery, first_, stride_, i);
  }

private:
  const void *first_;
  std::size_t n_;
  std::size_t stride_;
};

// What a source task may ask of its host.
class source_context : public context {
public:
  source_context(const sluice_host *host, sluice_ctx *ctx, const detail::call_state &state)
      : context(host, ctx, state), table_(need<sluice_source_context>(SLUICE_SOURCE_CONTEXT)) {}

  // Task thread. Equal objects give equal partitions.
  source_partition partition(const json_object &described) const {
    source_partition out;
    check(table_->intern_partition(abi(), to_abi(described.to_text()), &out.id, error()));
    return out;
  }

  // Task thread. Where the records of a partition ended last time; nothing if there were none.
  std::optional<json_object> stored_offset(source_partition partition) const {
    std::optional<std::string> found;
    check(table_->read_offsets(
        abi(), &partition.id, 1,
        [](void *out, std::size_t, sluice_str offset) {
          if (offset.ptr != nullptr)
            *static_cast<std::optional<std::string> *>(out) = view(offset);
        },
        &found, error()));
    return found ? std::optional(json_object::parse(*found)) : std::nullopt;
  }

  // The most that key, value and headers of a record may measure together: max.request.size.
  std::int64_t max_record_bytes() const noexcept { return table_->max_record_bytes(abi()); }

private:
  const sluice_source_context *table_;
};

template <class T>
concept source_task = std::constructible_from<T, source_context> &&
    requires(T &task, const config &settings, std::chrono::milliseconds wait) {
  task.start(settings);
  { task.poll(wait) } -> std::convertible_to<source_batch>;
};

namespace detail {

// The ABI's table for a source task class.
template <source_task Task> class source_border {
  struct instance {
    instance(const sluice_host *host, sluice_ctx *ctx) : context(host, ctx, state), task(context) {}

    call_state state;
    source_context context;
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
  static sluice_status poll(void *self, std::int64_t max_wait_ms, const sluice_source_batch **out,
                            sluice_error *error) noexcept {
    *out = nullptr;
    return enter(self, error, [&](instance &object) {
      if (object.context.is_cancelled())
        throw cancelled();
      source_batch batch = object.task.poll(std::chrono::milliseconds(max_wait_ms));
      *out = batch.hand_over();
    });
  }
  static sluice_status on_delivered(void *self, const sluice_source_batch *batch,
                                    const void *outcomes, std::size_t n, std::size_t stride,
                                    sluice_error *error) noexcept {
    return enter(self, error, [&](instance &object) {
      if constexpr (has_on_delivered<Task>)
        object.task.on_delivered(*batch, deliveries(outcomes, n, stride));
    });
  }
  static sluice_status commit(void *self, sluice_error *error) noexcept {
    return enter(self, error, [](instance &object) {
      if constexpr (has_commit<Task>)
        object.task.commit();
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
    if constexpr (has_cancel<Task>)
      object.task.cancel();
  }
  static void wake(void *self) noexcept {
    if constexpr (has_wake<Task>)
      static_cast<instance *>(self)->task.wake();
  }

  static_assert(cancels_well<Task>, "cancel takes nothing and is noexcept");

public:
  // Slots that say something by being there stay empty where the class has no such member.
  static constexpr sluice_source_task_vtbl kTable{
      .struct_size = sizeof(sluice_source_task_vtbl),
      .create = create,
      .destroy = destroy,
      .start = start,
      .poll = poll,
      .on_delivered = has_on_delivered<Task> ? on_delivered : nullptr,
      .commit = has_commit<Task> ? commit : nullptr,
      .stop = stop,
      .cancel = cancel,
      .wake = has_wake<Task> ? wake : nullptr};
};

} // namespace detail
} // namespace sluice::inline v0
