#include "host/app/cli_screen.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <ostream>
#include <utility>

#include <fmt/format.h>

#include "host/app/cli_worker_api.h"
#include "host/app/cli_yaml.h"
#include "host/base/utf8.h"
#include "host/json/escape.h"

namespace host::app::cli {
namespace {

constexpr std::string_view kPlain = "\x1b[0m";

// SGR codes: green, yellow, red.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kStateColours{{
    {"RUNNING", "\x1b[32m"},
    {"PAUSED", "\x1b[33m"},
    {"STOPPED", "\x1b[33m"},
    {"UNASSIGNED", "\x1b[33m"},
    {"RESTARTING", "\x1b[33m"},
    {"FAILED", "\x1b[31m"},
}};

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size(); ++width)
    at += utf8::decode(text.substr(at)).size;
  return width;
}

// `FAILED` or a count of it, `2 FAILED`; anything else as it is.
std::string painted_part(std::string_view part) {
  for (const auto &[state, colour] : kStateColours)
    if (part.ends_with(state) &&
        part.find_first_not_of("0123456789 ") == part.size() - state.size())
      return fmt::format("{}{}{}", colour, part, kPlain);
  return std::string(part);
}

// A cell that may list states: `2 RUNNING, 1 FAILED`.
std::string painted(std::string_view cell) {
  std::string text;
  for (auto comma = cell.find(", "); comma != std::string_view::npos; comma = cell.find(", ")) {
    text += painted_part(cell.substr(0, comma)) + ", ";
    cell.remove_prefix(comma + 2);
  }
  return text + painted_part(cell);
}

void append_pretty(std::string &out, const json::Value &value, std::size_t depth) {
  const bool object = value.is_object();
  const std::size_t size = object ? value.members().size() : value.items().size();
  if (size == 0) {
    json::append(out, value);
    return;
  }
  const std::string indent((depth + 1) * 2, ' ');
  out += object ? '{' : '[';
  for (std::size_t i = 0; i < size; ++i) {
    out += i == 0 ? "\n" : ",\n";
    out += indent;
    if (object) {
      json::append_quoted(out, value.members()[i].key);
      out += ": ";
    }
    append_pretty(out, object ? value.members()[i].value : value.items()[i], depth + 1);
  }
  out += '\n';
  out.append(depth * 2, ' ');
  out += object ? '}' : ']';
}

} // namespace

Table::Table(std::vector<std::string> heading) { row(std::move(heading)); }

void Table::row(std::vector<std::string> cells) {
  for (std::string &cell : cells)
    cell = cell.empty() ? "-" : visible(cell);
  rows_.push_back(std::move(cells));
}

std::string Table::text(bool colours, std::string_view indent) const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto &row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], width_of(row[i]));
  std::string text;
  for (const auto &row : rows_) {
    text += indent;
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += colours && &row != &rows_.front() ? painted(row[i]) : row[i];
      if (i + 1 < row.size())
        text.append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

std::string visible(std::string_view text) {
  std::string clean;
  for (std::size_t at = 0; at < text.size();) {
    const utf8::Decoded next = utf8::decode(text.substr(at));
    if (next.valid && next.code >= ' ' && !(next.code >= 0x7f && next.code < 0xa0))
      clean += text.substr(at, next.size);
    else if (next.valid && next.code == '\n')
      clean += "\\n";
    else if (next.valid)
      clean += fmt::format("\\x{:02x}", static_cast<std::uint32_t>(next.code));
    else
      utf8::append(clean, utf8::kReplacement);
    at += next.size;
  }
  return clean;
}

std::string visible_lines(std::string_view text, std::string_view indent) {
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    lines += indent;
    for (; line.starts_with('\t'); line.remove_prefix(1))
      lines += "    ";
    lines += visible(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
    lines += '\n';
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return lines;
}

std::string pretty(const json::Value &value) {
  std::string text;
  append_pretty(text, value, 0);
  return text;
}

Screen::Screen(std::ostream &out, std::ostream &err, Output output, bool colours, bool terminal)
    : out_(out), err_(err), output_(output), colours_(colours), terminal_(terminal) {}

void Screen::write(std::string_view text) { out_ << text; }

void Screen::flush() { out_.flush(); }

void Screen::print_document(const json::Value &document) {
  if (output_ == Output::Yaml)
    out_ << (document_printed_ ? "---\n" : "") << to_yaml(document);
  else
    out_ << pretty(document) << '\n';
  document_printed_ = true;
}

void Screen::print_item(const json::Value &document) {
  if (output_ == Output::Yaml)
    out_ << to_yaml(json::Value::array({document}));
  else
    out_ << json::to_text(document) << '\n';
  out_.flush(); // the next thing may be a long wait
}

void Screen::print_table(const Table &table, std::string_view indent) {
  out_ << table.text(colours_, indent);
}

void Screen::report(std::string_view name, std::string_view result) {
  if (documents())
    return print_item(json::Value::object({{"name", name}, {"result", result}}));
  out_ << visible(name) << ": " << visible(result) << std::endl;
}

void Screen::note(std::string_view text) { err_ << visible(text) << '\n'; }

int Screen::complain(const Error &error) {
  return complain(error.message(), is_unreachable(error) ? kExitUnreachable : kExitRefused);
}

int Screen::complain(std::string_view text, int exit_code) {
  out_.flush(); // in the order of events, where both go to one place
  // Some messages of Kafka Connect have several lines.
  const std::size_t line = std::min(text.find('\n'), text.size());
  err_ << "sluice: " << visible(text.substr(0, line)) << '\n'
       << visible_lines(text.substr(std::min(line + 1, text.size())), "  ");
  return exit_code;
}

} // namespace host::app::cli
