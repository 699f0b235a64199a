#include "host/metrics/exposition.h"

#include <array>
#include <charconv>
#include <cmath>

namespace host::metrics {
namespace {

void append_escaped(std::string &out, std::string_view text, bool quotes) {
  for (const char c : text)
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else if (c == '"' && quotes)
      out += "\\\"";
    else
      out += c;
}

void append_number(std::string &out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
    return;
  }
  std::array<char, 32> digits;
  // Whole numbers in full: counters are read by people, too.
  const bool whole = std::abs(value) < 9e15 && value == std::floor(value);
  const auto end = whole ? std::to_chars(digits.data(), digits.data() + digits.size(),
                                         static_cast<std::int64_t>(value))
                               .ptr
                         : std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

} // namespace

void Exposition::counter(std::string_view name, std::string_view help, const Labels &labels,
                         double value) {
  add(name, help, "counter", labels, value);
}

void Exposition::gauge(std::string_view name, std::string_view help, const Labels &labels,
                       double value) {
  add(name, help, "gauge", labels, value);
}

void Exposition::add(std::string_view name, std::string_view help, std::string_view type,
                     const Labels &labels, double value) {
  auto found = families_.find(name);
  if (found == families_.end())
    found = families_.emplace(std::string(name), Family{std::string(help), type, {}}).first;
  std::string &out = found->second.samples;
  out += name;
  char before = '{';
  for (const auto &[label, text] : labels) {
    out += before;
    out.append(label).append("=\"");
    append_escaped(out, text, true);
    out += '"';
    before = ',';
  }
  if (before == ',')
    out += '}';
  out += ' ';
  append_number(out, value);
  out += '\n';
}

std::string Exposition::text() const {
  std::string text;
  for (const auto &[name, family] : families_) {
    text.append("# HELP ").append(name).append(" ");
    append_escaped(text, family.help, false);
    text.append("\n# TYPE ").append(name).append(" ").append(family.type).append("\n");
    text += family.samples;
  }
  return text;
}

} // namespace host::metrics
