// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <vector>

#include "sluice/abi/connector.h"
#include "sluice/config.hpp"
#include "sluice/context.hpp"

// Connector objects: how the work is divided into tasks. Most connectors are served by one_task or
// same_tasks. A class of your own can be made from a connector_context and has
//   void start(const sluice::config &)
//   std::vector<sluice::config> task_configs(std::int32_t max_tasks)
// and, where it needs them,
//   void stop()
//   void cancel() noexcept
//   static void validate(const sluice::config &, sluice::report &)
//   static bool supports_exactly_once(const sluice::config &)
//   static bool alter_offsets(…), see offset_change.hpp
namespace sluice::inline v0 {

class connector_context : public context {
public:
  using context::context;

  // Any thread: the task configurations have changed, ask for them again.
  void request_reconfigure() const noexcept { host()->request_reconfigure(abi()); }
};

// One task, with the connector's own configuration.
class one_task {
public:
  explicit one_task(connector_context context) : context_(std::move(context)) {}
  void start(const config &settings) { settings_ = settings; }
  std::vector<config> task_configs(std::int32_t) const { return {settings_}; }

protected:
  const connector_context &context() const noexcept { return context_; }

private:
  connector_context context_;
  config settings_;
};

// tasks.max tasks, each with the connector's own configuration: for sinks, between which Kafka
// divides the partitions.
class same_tasks {
public:
  explicit same_tasks(connector_context context) : context_(std::move(context)) {}
  void start(const config &settings) { settings_ = settings; }
  std::vector<config> task_configs(std::int32_t max_tasks) const {
    return std::vector<config>(static_cast<std::size_t>(max_tasks), settings_);
  }

protected:
  const connector_context &context() const noexcept { return context_; }

private:
  connector_context context_;
  config settings_;
};

template <class T>
concept connector = std::constructible_from<T, connector_context> &&
    requires(T &object, const config &settings, std::int32_t max_tasks) {
  object.start(settings);
  { object.task_configs(max_tasks) } -> std::same_as<std::vector<config>>;
};

namespace detail {

// The ABI's table for a connector class.
template <connector Connector> class connector_border {
  struct instance {
    instance(const sluice_host *host, sluice_ctx *ctx)
        : context(host, ctx, state), connector(context) {}

    call_state state;
    connector_context context;
    Connector connector;
  };

  template <class Body>
  static sluice_status enter(void *self, sluice_error *error, Body &&body) noexcept {
    auto &object = *static_cast<instance *>(self);
    object.state.error = error;
    return guard(object.context.host(), error, [&] { body(object); });
  }

  static sluice_status create(const sluice_host *host, sluice_ctx *ctx, void **out,
                              sluice_error *error) noexcept {
    *out = nullptr;
    return guard(host, error, [&] { *out = new instance(host, ctx); });
  }
  static void destroy(void *self) noexcept { delete static_cast<instance *>(self); }
  static sluice_status start(void *self, const sluice_kv *entries, std::size_t n,
                             sluice_error *error) noexcept {
    return enter(self, error,
                 [&](instance &object) { object.connector.start(config(entries, n)); });
  }
  static sluice_status task_configs(void *self, std::int32_t max_tasks, sluice_emit_task emit,
                                    void *emit_ctx, sluice_error *error) noexcept {
    return enter(self, error, [&](instance &object) {
      for (const config &task : object.connector.task_configs(max_tasks)) {
        std::vector<sluice_kv> entries;
        for (const auto &[key, value] : task.entries())
          entries.push_back({to_abi(key), to_abi(value)});
        if (const auto status = emit(emit_ctx, entries.data(), entries.size()))
          throw host_error(status);
      }
    });
  }
  static sluice_status stop(void *self, sluice_error *error) noexcept {
    return enter(self, error, [&](instance &object) {
      if constexpr (requires { object.connector.stop(); })
        object.connector.stop();
    });
  }
  static void cancel(void *self) noexcept {
    auto &object = *static_cast<instance *>(self);
    object.state.stop.request_stop();
    if constexpr (requires { object.connector.cancel(); })
      object.connector.cancel();
  }
  static sluice_status validate(const sluice_host *host, const sluice_kv *entries, std::size_t n,
                                sluice_report *sink, const sluice_report_api *api,
                                sluice_error *error) noexcept {
    return guard(host, error, [&] {
      [[maybe_unused]] report findings(sink, api);
      if constexpr (requires { Connector::validate(config(entries, n), findings); })
        Connector::validate(config(entries, n), findings);
    });
  }
  static sluice_status exactly_once_support(const sluice_host *host, const sluice_kv *entries,
                                            std::size_t n, std::int32_t *support,
                                            sluice_error *error) noexcept {
    return guard(host, error, [&] {
      bool supported = false;
      if constexpr (requires { Connector::supports_exactly_once(config(entries, n)); })
        supported = Connector::supports_exactly_once(config(entries, n));
      *support = supported ? SLUICE_EXACTLY_ONCE_SUPPORTED : SLUICE_EXACTLY_ONCE_UNSUPPORTED;
    });
  }

public:
  static constexpr sluice_connector_vtbl kTable{.struct_size = sizeof(sluice_connector_vtbl),
                                                .create = create,
                                                .destroy = destroy,
                                                .start = start,
                                                .task_configs = task_configs,
                                                .stop = stop,
                                                .cancel = cancel,
                                                .validate = validate,
                                                .exactly_once_support = exactly_once_support,
                                                .can_define_transactions = nullptr};
};

} // namespace detail
} // namespace sluice::inline v0
