#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sluice/abi/base.h>

#include "host/base/error.h"

// Where a failing plugin call puts its message: on the host's stack, valid for that call. Bounded,
// so that a plugin cannot fill the host's memory through it.
struct sluice_error {
  static constexpr std::size_t kMaxMessage = 16 * 1024;
  static constexpr std::size_t kMaxDetails = 32;

  bool set = false;
  std::string message;
  std::vector<std::pair<std::string, std::string>> details;

  void assign(sluice_str text, const sluice_kv *kv, std::size_t n);
};

namespace host::plugin {

inline std::string_view view(sluice_str text) {
  return text.ptr == nullptr ? std::string_view() : std::string_view(text.ptr, text.len);
}
inline sluice_str abi_str(std::string_view text) {
  return {text.data() == nullptr ? "" : text.data(), text.size()};
}
inline sluice_str absent_str() { return {nullptr, 0}; }

// Puts `error` into the sink of a call that the plugin made to the host, and gives its status.
sluice_status give(sluice_error *sink, const Error &error);

// Writes a warning that names the class and what it did against the ABI's rules.
void report_misbehaviour(std::string_view class_name, std::string_view what);

// What became of a call: a status that is not OK, an OK with a message, and an exception that came
// through the border are all errors; the last two and unknown statuses are faults of the plugin and
// logged as such.
Status outcome_of(std::string_view class_name, std::string_view function, sluice_status status,
                  sluice_error &error);
Status escaped_exception(std::string_view class_name, std::string_view function,
                         std::string_view what);

// Calls into a plugin. `f` gets the sluice_error to pass on. The only place where plugin code is
// entered, so the only catch-all that it needs.
template <class F> Status call(std::string_view class_name, std::string_view function, F &&f) {
  sluice_error error;
  sluice_status status = SLUICE_OK;
  try {
    status = std::forward<F>(f)(&error);
  } catch (const std::exception &e) {
    return escaped_exception(class_name, function, e.what());
  } catch (...) {
    return escaped_exception(class_name, function, "not a std::exception");
  }
  if (status == SLUICE_OK && !error.set) [[likely]]
    return {};
  return outcome_of(class_name, function, status, error);
}

// The same for the functions that return nothing; an exception is logged and swallowed.
template <class F>
void call_void(std::string_view class_name, std::string_view function, F &&f) noexcept {
  const Status done = call(class_name, function, [&](sluice_error *) {
    std::forward<F>(f)();
    return sluice_status{SLUICE_OK};
  });
  (void)done.has_value(); // reported where it was caught
}

} // namespace host::plugin
