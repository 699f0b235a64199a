#include "host/app/try_print.h"

#include <algorithm>

#include <fmt/format.h>

#include "host/app/cli_screen.h"
#include "host/base/utf8.h"
#include "host/data/base64.h"
#include "host/json/writer.h"

namespace host::app::dry_run {
namespace {

bool is_name(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

std::string shown(const Raw &raw) {
  if (!raw)
    return "null";
  if (utf8::valid(*raw))
    return cli::visible(*raw);
  std::string text = "base64 ";
  data::append_base64(text, *raw);
  return text;
}

std::string place(const RawRecord &record) {
  return fmt::format("topic {}, partition {}, timestamp {}", cli::visible(record.topic),
                     record.partition ? std::to_string(*record.partition) : "null",
                     record.timestamp_ms ? std::to_string(*record.timestamp_ms) : "null");
}

std::string headers_text(const RawRecord &record) {
  std::string text;
  for (const RawHeader &header : record.headers)
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", cli::visible(header.key),
                        shown(header.value));
  return text.empty() ? "none" : text;
}

// The rows of a record; with `old`, only what is different from it.
std::string rows(std::string_view title, const RawRecord &record, const RawRecord *old) {
  std::string text;
  const auto row = [&](std::string_view name, const std::string &now, const std::string &then) {
    if (old != nullptr && now == then)
      return;
    text += fmt::format("  {:<7} {:<8} {}\n", text.empty() ? title : "", name, now);
  };
  const RawRecord &then = old != nullptr ? *old : record;
  row("record", place(record), place(then));
  row("key", shown(record.key), shown(then.key));
  row("value", shown(record.value), shown(then.value));
  row("headers", headers_text(record), headers_text(then));
  return text;
}

} // namespace

std::string_view simple_name(std::string_view class_name) {
  return class_name.substr(class_name.find_last_of(".$") + 1);
}

std::string without_hashes(std::string_view message) {
  std::string text;
  std::size_t copied = 0;
  for (std::size_t at = message.find('@'); at != std::string_view::npos;
       at = message.find('@', at + 1)) {
    std::size_t end = at + 1;
    while (end < message.size() && end - at <= 8 && is_hex(message[end]))
      ++end;
    const bool after_name =
        at > 0 && (is_name(message[at - 1]) || message[at - 1] == ';' || message[at - 1] == '$');
    if (!after_name || end == at + 1 || (end < message.size() && is_name(message[end])))
      continue;
    text.append(message.substr(copied, at - copied)).append("@HASH");
    copied = end;
  }
  return text.append(message.substr(copied));
}

void append_failure(std::string &out, const json::Value &id, Stage stage, const Error &error) {
  out += "{\"id\":";
  json::append(out, id);
  out += ",\"error\":";
  json::Writer writer(out);
  writer.begin_object().field("stage", name_of(stage));
  writer.field("class", simple_name(error.exception())).key("message");
  if (error.message().empty())
    writer.null();
  else
    writer.value(without_hashes(error.message()));
  writer.end_object();
  out += '}';
}

void append_line(std::string &out, const json::Value &id, const Outcome &outcome) {
  if (outcome.failure && !outcome.tolerated) {
    append_failure(out, id, outcome.failure->stage, outcome.failure->error);
    return;
  }
  out += "{\"id\":";
  json::append(out, id);
  out += ",\"out\":";
  if (outcome.record)
    append_record(out, *outcome.record);
  else
    out += "null";
  out += '}';
}

std::string before(std::size_t number, const RawRecord &record) {
  return fmt::format("record {}\n{}", number, rows("before", record, nullptr));
}

std::string after(const RawRecord &given, const Outcome &outcome, std::string_view filtered_by) {
  if (outcome.record) {
    std::string text = rows("after", *outcome.record, &given);
    return text.empty() ? "  after   as before\n" : text;
  }
  if (!outcome.failure)
    return fmt::format("  after   nothing: filtered by {}\n", filtered_by);
  const Failure &failure = *outcome.failure;
  const std::string where = failure.alias.empty() ? "" : " " + failure.alias;
  return fmt::format("  {}{}{}{}\n          {}: {}\n",
                     outcome.tolerated ? "after   nothing: errors.tolerance=all; failed in "
                                       : "failed  ",
                     name_of(failure.stage), where,
                     failure.class_name.empty() ? "" : " (" + failure.class_name + ")",
                     simple_name(failure.error.exception()), cli::visible(failure.error.message()));
}

} // namespace host::app::dry_run
