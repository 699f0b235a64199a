#include "host/app/cli_metrics.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>

namespace host::app::cli {
namespace {

// Takes what stands before the first character of `ends` off the text.
std::string_view take_until(std::string_view &text, std::string_view ends) {
  const std::string_view head = text.substr(0, text.find_first_of(ends));
  text.remove_prefix(head.size());
  return head;
}

void skip_blanks(std::string_view &text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r"), text.size()));
}

// A quoted value, behind its first quote.
std::optional<std::string> take_quoted(std::string_view &text) {
  std::string value;
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (c == '"') {
      text.remove_prefix(at + 1);
      return value;
    }
    if (c == '\\' && ++at < text.size())
      c = text[at] == 'n' ? '\n' : text[at];
    value += c;
  }
  return std::nullopt;
}

// `{a="b",c="d"}`, behind its first brace.
bool take_labels(std::string_view &text, Sample &sample) {
  for (;;) {
    skip_blanks(text);
    if (text.starts_with('}')) {
      text.remove_prefix(1);
      return true;
    }
    const std::string_view key = take_until(text, "=,} ");
    if (key.empty() || !text.starts_with("=\""))
      return false;
    text.remove_prefix(2);
    auto value = take_quoted(text);
    if (!value)
      return false;
    sample.labels.emplace_back(std::string(key), *std::move(value));
    skip_blanks(text);
    if (text.starts_with(','))
      text.remove_prefix(1);
  }
}

std::optional<Sample> sample_in(std::string_view line) {
  skip_blanks(line);
  if (line.empty() || line.front() == '#')
    return std::nullopt;
  Sample sample;
  sample.name = std::string(take_until(line, "{ \t"));
  if (line.starts_with('{')) {
    line.remove_prefix(1);
    if (!take_labels(line, sample))
      return std::nullopt;
  }
  skip_blanks(line);
  const std::string_view number = take_until(line, " \t\r");
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), sample.value);
  if (error != std::errc() || end != number.data() + number.size())
    return std::nullopt;
  return sample;
}

} // namespace

std::string_view Sample::label(std::string_view key) const {
  for (const auto &[name, value] : labels)
    if (name == key)
      return value;
  return {};
}

std::vector<Sample> parse_metrics(std::string_view text) {
  std::vector<Sample> samples;
  while (!text.empty()) {
    const std::string_view line = take_until(text, "\n");
    if (auto sample = sample_in(line))
      samples.push_back(*std::move(sample));
    text.remove_prefix(text.empty() ? 0 : 1);
  }
  return samples;
}

} // namespace host::app::cli
