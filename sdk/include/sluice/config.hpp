// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sluice/abi/config.h"
#include "sluice/config_key.hpp"
#include "sluice/errors.hpp"
#include "sluice/text.hpp"

namespace sluice::inline v0 {

// A connector's or task's configuration: text by name, and typed by key. It owns its text, so it
// can be kept and passed on.
class config {
public:
  config() = default;
  config(const sluice_kv *entries, std::size_t n) {
    for (const sluice_kv &entry : std::span(entries, n))
      entries_.emplace_back(view(entry.key), view(entry.value));
  }

  // The key's value, its default, or (for an optional key) nothing. Throws config_error, in the
  // words of Kafka's ConfigDef, where the text is missing or does not do.
  template <class T> T operator[](const key<T> &wanted) const {
    using traits = detail::key_traits<T>;
    if (const auto text = find(wanted.name))
      return traits::checked(wanted, traits::parse(wanted, *text));
    if (wanted.by_default)
      return traits::from_default(wanted);
    if constexpr (traits::is_optional)
      return std::nullopt;
    else
      throw config_error("Missing required configuration \"{}\" which has no default value.",
                         wanted.name);
  }

  // The text as given, of any name.
  std::optional<std::string_view> find(std::string_view name) const noexcept {
    for (const auto &[key, value] : entries_)
      if (key == name)
        return value;
    return std::nullopt;
  }

  void set(std::string_view name, std::string_view value) {
    for (auto &[key, old] : entries_)
      if (key == name) {
        old = value;
        return;
      }
    entries_.emplace_back(name, value);
  }

  const std::vector<std::pair<std::string, std::string>> &entries() const noexcept {
    return entries_;
  }

private:
  std::vector<std::pair<std::string, std::string>> entries_;
};

// What a connector's own validate() found. Lives for the length of that call.
class report {
public:
  report(sluice_report *sink, const sluice_report_api *api) : sink_(sink), api_(api) {}

  template <class T, class... Args>
  void error(const key<T> &about, format_text<std::type_identity_t<Args>...> format,
             const Args &...args) {
    const std::string message = v0::format<Args...>(format, args...);
    api_->error(sink_, to_abi(about.name), to_abi(message));
  }
  template <class T> void recommend(const key<T> &about, std::span<const std::string> values) {
    std::vector<sluice_str> texts;
    for (const std::string &value : values)
      texts.push_back(to_abi(value));
    api_->recommend(sink_, to_abi(about.name), texts.data(), texts.size());
  }
  template <class T> void visible(const key<T> &about, bool shown) {
    api_->visible(sink_, to_abi(about.name), shown ? 1 : 0);
  }

private:
  sluice_report *sink_;
  const sluice_report_api *api_;
};

} // namespace sluice::inline v0
