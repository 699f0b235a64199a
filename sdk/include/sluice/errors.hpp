// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "sluice/abi/host.h"
#include "sluice/text.hpp"

// A connector fails by throwing one of these: the class says what the host does next, the message
// says what was wrong, where, and what to do about it. Any other exception fails the task too.
namespace sluice::inline v0 {

class error : public std::runtime_error {
public:
  sluice_status status() const noexcept { return status_; }

  // Adds a field for machines, such as "http.status".
  error &with(std::string key, std::string value) {
    details_.emplace_back(std::move(key), std::move(value));
    return *this;
  }
  const std::vector<std::pair<std::string, std::string>> &details() const noexcept {
    return details_;
  }

protected:
  error(sluice_status status, const std::string &message)
      : std::runtime_error(message), status_(status) {}

private:
  sluice_status status_;
  std::vector<std::pair<std::string, std::string>> details_;
};

template <sluice_status Status> class error_of : public error {
public:
  template <class... Args>
  explicit error_of(format_text<std::type_identity_t<Args>...> format, const Args &...args)
      : error(Status, v0::format(format, args...)) {}
};

using fatal_error = error_of<SLUICE_E_FATAL>;             // the task or connector fails
using retriable_error = error_of<SLUICE_E_RETRY>;         // the same call may succeed later
using config_error = error_of<SLUICE_E_CONFIG>;           // a person must change the configuration
using data_error = error_of<SLUICE_E_DATA>;               // a record is bad
using unsupported_error = error_of<SLUICE_E_UNSUPPORTED>; // this side does not offer that

// Leaves a call that waits after cancel(); not a failure.
class cancelled : public error {
public:
  cancelled() : error(SLUICE_E_CANCELLED, "cancelled") {}
};

// A service of the host failed, and the host has already put its message in the call's error.
class host_error : public error {
public:
  explicit host_error(sluice_status status) : error(status, "a service of the host failed") {}
};

namespace detail {

inline void set_error(const sluice_host *host, sluice_error *sink, std::string_view message,
                      const error *source = nullptr) noexcept {
  if (host == nullptr || sink == nullptr)
    return;
  try {
    std::vector<sluice_kv> details;
    if (source != nullptr)
      for (const auto &[key, value] : source->details())
        details.push_back({to_abi(key), to_abi(value)});
    host->set_error(sink, to_abi(message), details.data(), details.size());
  } catch (...) { // no memory for the details: the message alone must do
    host->set_error(sink, to_abi(message), nullptr, 0);
  }
}

// To be called in a catch block only.
inline sluice_status report_current_exception(const sluice_host *host,
                                              sluice_error *sink) noexcept {
  try {
    throw;
  } catch (const host_error &thrown) {
    return thrown.status();
  } catch (const error &thrown) {
    set_error(host, sink, thrown.what(), &thrown);
    return thrown.status();
  } catch (const std::bad_alloc &) {
    set_error(host, sink, "out of memory");
    return SLUICE_E_FATAL;
  } catch (const std::exception &thrown) {
    set_error(host, sink, thrown.what());
    return SLUICE_E_INTERNAL;
  } catch (...) {
    set_error(host, sink, "the plugin threw something that is not a std::exception");
    return SLUICE_E_INTERNAL;
  }
}

// The border: runs plugin code and turns what it throws into a status.
template <class Body>
sluice_status guard(const sluice_host *host, sluice_error *sink, Body &&body) noexcept {
  try {
    body();
    return SLUICE_OK;
  } catch (...) {
    return report_current_exception(host, sink);
  }
}

} // namespace detail

} // namespace sluice::inline v0
