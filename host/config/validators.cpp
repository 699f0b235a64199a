#include "host/config/validators.h"

#include <algorithm>
#include <memory>

#include "host/base/utf8.h"
#include "host/config/parse.h"
#include "host/config/version_range.h"
#include "host/regex/regex.h"

namespace host::config {
namespace {

using Complaint = std::optional<std::string>;

Complaint refuse(std::string_view key, const Value &value, std::string_view why) {
  return invalid(key, java_text(value), why);
}

template <class Number> std::optional<Number> number_in(const Value &value) {
  const auto *number = std::get_if<Number>(&value);
  return number != nullptr ? std::optional(*number) : std::nullopt;
}

template <class Number> Validator range(std::optional<Number> min, std::optional<Number> max) {
  return [=](std::string_view key, const Value &value) -> Complaint {
    const auto number = number_in<Number>(value);
    if (!number)
      return refuse(key, value, "Value must be non-null");
    if (min && *number < *min)
      return refuse(key, value, "Value must be at least " + java_text(Value(*min)));
    if (max && *number > *max)
      return refuse(key, value, "Value must be no more than " + java_text(Value(*max)));
    return std::nullopt;
  };
}

const std::string *text_in(const Value &value) { return std::get_if<std::string>(&value); }

std::string lower(std::string text) {
  for (char &c : text)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c | 0x20);
  return text;
}

std::string joined(const std::vector<std::string> &values) {
  std::string text;
  for (const std::string &value : values)
    text += (text.empty() ? "" : ", ") + value;
  return text;
}

bool repeats(const List &list) {
  List sorted = list;
  std::sort(sorted.begin(), sorted.end());
  return std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
}

std::string control_codes(std::string_view text) {
  std::string codes;
  while (!text.empty()) {
    const auto next = utf8::decode(text);
    if (next.code < 0x20 || (next.code >= 0x7F && next.code < 0xA0))
      codes += (codes.empty() ? "" : ", ") + std::to_string(static_cast<unsigned>(next.code));
    text.remove_prefix(next.size);
  }
  return codes;
}

} // namespace

Validator at_least(std::int64_t min) { return range<std::int64_t>(min, std::nullopt); }
Validator between(std::int64_t min, std::int64_t max) { return range<std::int64_t>(min, max); }
Validator at_least(double min) { return range<double>(min, std::nullopt); }
Validator between(double min, double max) { return range<double>(min, max); }

Validator null_or_at_least(std::int64_t min) {
  return [check = at_least(min)](std::string_view key, const Value &value) -> Complaint {
    return is_null(value) ? std::nullopt : check(key, value);
  };
}

Validator one_of(std::vector<std::string> values) {
  return [values = std::move(values)](std::string_view key, const Value &value) -> Complaint {
    const std::string *text = text_in(value);
    if (text != nullptr && std::find(values.begin(), values.end(), *text) != values.end())
      return std::nullopt;
    return refuse(key, value, "String must be one of: " + joined(values));
  };
}

Validator one_of_nocase(std::vector<std::string> values) {
  return [values = std::move(values)](std::string_view key, const Value &value) -> Complaint {
    const std::string *text = text_in(value);
    const auto same = [&](const std::string &v) { return lower(v) == lower(*text); };
    if (text != nullptr && std::any_of(values.begin(), values.end(), same))
      return std::nullopt;
    return refuse(key, value, "String must be one of (case insensitive): " + joined(values));
  };
}

Validator non_null() {
  return [](std::string_view key, const Value &value) -> Complaint {
    return is_null(value) ? refuse(key, value, "entry must be non null") : std::nullopt;
  };
}

Validator non_empty() {
  return [](std::string_view key, const Value &value) -> Complaint {
    const std::string *text = text_in(value);
    if (text != nullptr && text->empty())
      return refuse(key, value, "String must be non-empty");
    return std::nullopt;
  };
}

Validator non_empty_without_control_chars() {
  return [](std::string_view key, const Value &value) -> Complaint {
    const std::string *text = text_in(value);
    if (text == nullptr)
      return std::nullopt; // Connect checks the absence of a name elsewhere
    if (text->empty())
      return refuse(key, value, "String may not be empty");
    const std::string codes = control_codes(*text);
    if (codes.empty())
      return std::nullopt;
    return refuse(key, value,
                  "String may not contain control sequences but had the following ASCII chars: " +
                      codes);
  };
}

Validator unique_aliases() {
  return [](std::string_view key, const Value &value) -> Complaint {
    const auto *list = std::get_if<List>(&value);
    if (list == nullptr)
      return refuse(key, value, "entry must be non null");
    return repeats(*list) ? refuse(key, value, "Duplicate alias provided.") : std::nullopt;
  };
}

Validator valid_list(ListRules rules) {
  return [rules](std::string_view key, const Value &value) -> Complaint {
    const std::string subject = "Configuration '" + std::string(key) + "' ";
    const auto *list = std::get_if<List>(&value);
    if (list == nullptr)
      return rules.null ? std::nullopt : Complaint(subject + "values must not be null.");
    if (list->empty() && !rules.empty)
      return subject + "must not be empty. Valid values include: any non-empty value";
    if (repeats(*list))
      return subject + "values must not be duplicated.";
    if (std::find(list->begin(), list->end(), "") != list->end())
      return subject + "values must not be empty.";
    return std::nullopt;
  };
}

Validator valid_regex() {
  return [](std::string_view key, const Value &value) -> Complaint {
    const std::string *text = text_in(value);
    if (text == nullptr)
      return std::nullopt;
    const auto compiled = regex::Regex::compile(*text);
    if (compiled)
      return std::nullopt;
    return refuse(key, value, "Invalid regex: " + compiled.error().message());
  };
}

Validator version_range() {
  return [](std::string_view, const Value &value) -> Complaint {
    const std::string *text = text_in(value);
    if (text == nullptr)
      return std::nullopt;
    const auto range = VersionRange::parse(*text);
    return range ? std::nullopt : Complaint(range.error().message());
  };
}

Validator all_of(std::vector<Validator> validators) {
  return [validators = std::move(validators)](std::string_view key, const Value &value) {
    for (const Validator &validator : validators)
      if (auto complaint = validator(key, value))
        return complaint;
    return Complaint();
  };
}

} // namespace host::config
