// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "sluice/abi/data.h"
#include "sluice/abi/host.h"
#include "sluice/errors.hpp"
#include "sluice/text.hpp"

namespace sluice::inline v0 {

namespace detail {

// What the border keeps for one object: cancellation, and where the present call's error goes.
struct call_state {
  std::stop_source stop;
  sluice_error *error = nullptr;
};

} // namespace detail

// What one connector object or task knows of its host. A cheap handle: copy it freely, also into
// threads of your own, but let none outlive the object that it was given to.
class context {
public:
  context(const sluice_host *host, sluice_ctx *ctx, const detail::call_state &state)
      : host_(host), ctx_(ctx), state_(&state), stop_(state.stop.get_token()) {}

  // Cancellation, in two forms: asked, or as a token for std::condition_variable_any and callbacks.
  bool is_cancelled() const noexcept { return stop_.stop_requested(); }
  const std::stop_token &stop_token() const noexcept { return stop_; }

  // A failure met on a thread of your own; on the host's threads throw instead.
  void fail(std::string_view message) const noexcept {
    host_->fail(ctx_, SLUICE_E_FATAL, to_abi(message));
  }

  // One of the host's further tables, or nullptr.
  template <class Table> const Table *find(std::string_view id) const noexcept {
    return static_cast<const Table *>(host_->get_extension(ctx_, to_abi(id)));
  }

  // The schema of a plain value: type is SLUICE_BOOL to SLUICE_BYTES.
  const sluice_schema *primitive(std::int32_t type, bool optional = false) const {
    const auto *builder = need<sluice_schema_builder_api>(SLUICE_SCHEMA_BUILDER_API);
    return builder->primitive(ctx_, type, optional ? 1 : 0);
  }

  const sluice_host *host() const noexcept { return host_; }
  sluice_ctx *abi() const noexcept { return ctx_; }

protected:
  // One of the host's further tables, which must be there.
  template <class Table> const Table *need(std::string_view id) const {
    const Table *table = find<Table>(id);
    if (table == nullptr)
      throw unsupported_error("this host does not offer {}", id);
    return table;
  }

  // The error of the call that is under way: for services that report into it.
  sluice_error *error() const noexcept { return state_->error; }

  // The status of such a service.
  static void check(sluice_status status) {
    if (status == SLUICE_E_CANCELLED)
      throw cancelled();
    if (status != SLUICE_OK)
      throw host_error(status);
  }

private:
  const sluice_host *host_;
  sluice_ctx *ctx_;
  const detail::call_state *state_;
  std::stop_token stop_;
};

// Log events: `log::info(context_, "opened {} at byte {}", path, position)`. The text is only made
// when the level is on.
namespace log {

template <class... Args>
void write(const context &to, std::int32_t level, const format_text<Args...> &format,
           const Args &...args) {
  if (to.host()->log_enabled(to.abi(), level) == 0)
    return;
  const std::string message = v0::format<Args...>(format, args...);
  sluice_log_record record{};
  record.struct_size = sizeof record;
  record.level = level;
  record.line = format.line();
  record.message = to_abi(message);
  record.file = to_abi(format.file());
  to.host()->log(to.abi(), &record);
}

template <class... Args>
void debug(const context &to, format_text<std::type_identity_t<Args>...> format,
           const Args &...args) {
  write<Args...>(to, SLUICE_LOG_DEBUG, format, args...);
}
template <class... Args>
void info(const context &to, format_text<std::type_identity_t<Args>...> format,
          const Args &...args) {
  write<Args...>(to, SLUICE_LOG_INFO, format, args...);
}
template <class... Args>
void warn(const context &to, format_text<std::type_identity_t<Args>...> format,
          const Args &...args) {
  write<Args...>(to, SLUICE_LOG_WARN, format, args...);
}
template <class... Args>
void error(const context &to, format_text<std::type_identity_t<Args>...> format,
           const Args &...args) {
  write<Args...>(to, SLUICE_LOG_ERROR, format, args...);
}

} // namespace log
} // namespace sluice::inline v0
